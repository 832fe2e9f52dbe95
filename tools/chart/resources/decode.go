// Package resources reads rendered manifests into the types of the programs that will read them in a cluster.
package resources

import (
	"fmt"
	"maps"
	"slices"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
)

// types returns an empty value of each resource that the chart may render, by version and kind.
func types() map[string]metav1.Object {
	return map[string]metav1.Object{
		"v1/ConfigMap":                                     &corev1.ConfigMap{},
		"v1/PersistentVolumeClaim":                         &corev1.PersistentVolumeClaim{},
		"v1/Pod":                                           &corev1.Pod{},
		"v1/Service":                                       &corev1.Service{},
		"v1/ServiceAccount":                                &corev1.ServiceAccount{},
		"apps/v1/Deployment":                               &appsv1.Deployment{},
		"networking.k8s.io/v1/NetworkPolicy":               &networkingv1.NetworkPolicy{},
		"policy/v1/PodDisruptionBudget":                    &policyv1.PodDisruptionBudget{},
		"monitoring.coreos.com/v1/PodMonitor":              &monitoringv1.PodMonitor{},
		"monitoring.coreos.com/v1/PrometheusRule":          &monitoringv1.PrometheusRule{},
		"monitoring.coreos.com/v1/ServiceMonitor":          &monitoringv1.ServiceMonitor{},
		"grafana.integreatly.org/v1beta1/GrafanaDashboard": &GrafanaDashboard{},
	}
}

// Custom says whether a cluster learns of a resource from an operator, so that Kubernetes itself does not describe it.
func Custom(object unstructured.Unstructured) bool {
	group := object.GroupVersionKind().Group
	return group == monitoringv1.SchemeGroupVersion.Group || group == grafanaGroup
}

// Decode reads a manifest into its Go type. A field that the type does not have is an error: a cluster would drop it
// without a word.
func Decode(object unstructured.Unstructured) (metav1.Object, error) {
	name := object.GetAPIVersion() + "/" + object.GetKind()
	typed, ok := types()[name]
	if !ok {
		return nil, fmt.Errorf("decode %s: the chart renders only %v", name, slices.Sorted(maps.Keys(types())))
	}
	if err := runtime.DefaultUnstructuredConverter.FromUnstructuredWithValidation(object.Object, typed, true); err != nil {
		return nil, fmt.Errorf("decode %s %s: %w", name, object.GetName(), err)
	}
	return typed, nil
}

// Find returns the one object of a type.
func Find[T metav1.Object](objects []unstructured.Unstructured) (T, error) {
	var found []T
	var none T
	for _, object := range objects {
		decoded, err := Decode(object)
		if err != nil {
			return none, err
		}
		if typed, ok := decoded.(T); ok {
			found = append(found, typed)
		}
	}
	if len(found) != 1 {
		return none, fmt.Errorf("find the one %T: there are %d", none, len(found))
	}
	return found[0], nil
}
