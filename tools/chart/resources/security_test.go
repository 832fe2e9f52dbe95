package resources

import (
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"

	"github.com/sales-exporter/sales_exporter/tools/chart/repository"
)

// TestPodSecurity: a namespace that enforces the level "restricted" admits every pod of the chart.
func TestPodSecurity(t *testing.T) {
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	if err != nil {
		t.Fatal(err)
	}
	restricted := api.LevelVersion{Level: api.LevelRestricted, Version: api.LatestVersion()}
	for name, file := range repository.Examples(t) {
		t.Run(name, func(t *testing.T) {
			pods := 0
			for _, object := range repository.Render(t, "--values="+file) {
				decoded, err := Decode(object)
				if err != nil {
					t.Fatal(err)
				}
				metadata, spec := podOf(decoded)
				if spec == nil {
					continue
				}
				pods++
				result := policy.AggregateCheckResults(evaluator.EvaluatePod(restricted, metadata, spec))
				if !result.Allowed {
					t.Errorf("%s: %s", identity(object), result.ForbiddenDetail())
				}
			}
			if pods == 0 {
				t.Error("there is no pod to look at")
			}
		})
	}
}

// podOf returns the pod that a resource is or makes, or nil.
func podOf(object metav1.Object) (*metav1.ObjectMeta, *corev1.PodSpec) {
	switch object := object.(type) {
	case *corev1.Pod:
		return &object.ObjectMeta, &object.Spec
	case *appsv1.Deployment:
		return &object.Spec.Template.ObjectMeta, &object.Spec.Template.Spec
	}
	return nil, nil
}
