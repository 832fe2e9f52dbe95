// Package pod runs the exporter's container on this machine, out of what the chart renders: volumes become directories
// that look as kubelet makes them, and the exporter is the one that was just built.
package pod

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
)

// Cluster holds what pods mount, by name.
type Cluster struct {
	ConfigMaps map[string]Files
	Secrets    map[string]Files
}

// Files are the keys of a ConfigMap or a Secret and what they hold.
type Files map[string]string

// NewCluster returns a cluster to which the given manifests have been applied. What no pod mounts is left out.
func NewCluster(objects ...unstructured.Unstructured) (Cluster, error) {
	c := Cluster{ConfigMaps: map[string]Files{}, Secrets: map[string]Files{}}
	for _, object := range objects {
		var err error
		switch object.GetKind() {
		case "ConfigMap":
			var m corev1.ConfigMap
			err = runtime.DefaultUnstructuredConverter.FromUnstructured(object.Object, &m)
			c.ConfigMaps[m.Name] = m.Data
		case "Secret":
			var s corev1.Secret
			err = runtime.DefaultUnstructuredConverter.FromUnstructured(object.Object, &s)
			c.Secrets[s.Name] = s.StringData
		}
		if err != nil {
			return Cluster{}, fmt.Errorf("read %s %s: %w", object.GetKind(), object.GetName(), err)
		}
	}
	return c, nil
}

// configMap returns the files of a ConfigMap. A pod that mounts one that is missing would wait for it.
func (c Cluster) configMap(name string) (Files, error) {
	files, ok := c.ConfigMaps[name]
	if !ok {
		return nil, fmt.Errorf("find ConfigMap %s: there is none", name)
	}
	return files, nil
}

func (c Cluster) secret(name string) (Files, error) {
	files, ok := c.Secrets[name]
	if !ok {
		return nil, fmt.Errorf("find Secret %s: there is none", name)
	}
	return files, nil
}
