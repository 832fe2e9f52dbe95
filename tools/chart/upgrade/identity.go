// Package upgrade holds the chart to what its users depend on: what changes here makes an upgrade fail, loses a mirror
// or tears a series in Prometheus apart.
package upgrade

import (
	"fmt"
	"slices"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/sales-exporter/sales_exporter/tools/chart/resources"
)

// Identity is what may not change from one release of the chart to the next.
type Identity struct {
	// Resources are kinds with namespace and name: one that is renamed is deleted and made anew.
	Resources []string `json:"resources"`
	// Selector is that of the Deployment, which Kubernetes refuses to change.
	Selector map[string]string `json:"selector"`
	// Strategy keeps two exporters from running at a time.
	Strategy string `json:"strategy"`
	// Mounts are the paths that users' configurations name.
	Mounts []string `json:"mounts"`
	// Claim is where the pod finds the mirror, and Volume how the claim was made, which cannot change either.
	Claim  string                            `json:"claim,omitempty"`
	Volume *corev1.PersistentVolumeClaimSpec `json:"volume,omitempty"`
	// Service and Ports are what scrape configurations of users name, Backends whom they reach.
	Service  string            `json:"service"`
	Ports    []string          `json:"ports"`
	Backends map[string]string `json:"backends"`
	// Job names the label that becomes the series' own label job.
	Job []string `json:"job,omitempty"`
}

// NewIdentity reads a rendered chart.
func NewIdentity(objects []unstructured.Unstructured) (Identity, error) {
	var i Identity
	for _, object := range objects {
		decoded, err := resources.Decode(object)
		if err != nil {
			return Identity{}, err
		}
		i.Resources = append(i.Resources, fmt.Sprintf("%s %s/%s", object.GetKind(), object.GetNamespace(), object.GetName()))
		switch o := decoded.(type) {
		case *appsv1.Deployment:
			i.deployment(o)
		case *corev1.Service:
			i.service(o)
		case *corev1.PersistentVolumeClaim:
			i.Volume = &o.Spec
		case *monitoringv1.ServiceMonitor:
			i.Job = append(i.Job, "ServiceMonitor: "+o.Spec.JobLabel)
		case *monitoringv1.PodMonitor:
			i.Job = append(i.Job, "PodMonitor: "+o.Spec.JobLabel)
		}
	}
	slices.Sort(i.Resources)
	return i, nil
}

func (i *Identity) deployment(d *appsv1.Deployment) {
	i.Selector, i.Strategy = d.Spec.Selector.MatchLabels, string(d.Spec.Strategy.Type)
	for _, volume := range d.Spec.Template.Spec.Volumes {
		if claim := volume.PersistentVolumeClaim; claim != nil {
			i.Claim = claim.ClaimName
		}
	}
	for _, container := range d.Spec.Template.Spec.Containers {
		for _, mount := range container.VolumeMounts {
			i.Mounts = append(i.Mounts, container.Name+": "+mount.MountPath)
		}
	}
	slices.Sort(i.Mounts)
}

func (i *Identity) service(s *corev1.Service) {
	i.Service, i.Backends = s.Name, s.Spec.Selector
	for _, port := range s.Spec.Ports {
		i.Ports = append(i.Ports, fmt.Sprintf("%s: %d", port.Name, port.Port))
	}
}
