package pod

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// Layout is a container's file system below a directory of this machine.
type Layout struct {
	root   string
	paths  *regexp.Regexp // where volumes are mounted
	pod    corev1.PodSpec
	mounts []corev1.VolumeMount
}

// NewLayout lays a container's volumes out below root. Paths in the files, as they stand in the exporter's
// configuration, become paths of this machine.
func NewLayout(root string, cluster Cluster, pod corev1.PodSpec, container corev1.Container) (*Layout, error) {
	l := &Layout{root: root, pod: pod, mounts: container.VolumeMounts}
	var paths []string
	for _, mount := range l.mounts {
		paths = append(paths, regexp.QuoteMeta(mount.MountPath))
	}
	slices.SortFunc(paths, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	l.paths = regexp.MustCompile(`(^|[^\w/.-])(` + strings.Join(paths, "|") + `)\b`)
	for _, mount := range l.mounts {
		if err := l.mount(mount); err != nil {
			return nil, err
		}
	}
	return l, l.Update(cluster)
}

// mount makes a place for a volume and a link to it where the container sees it.
func (l *Layout) mount(mount corev1.VolumeMount) error {
	if mount.SubPath != "" {
		return fmt.Errorf("mount %s: a part of a volume does not follow its changes", mount.MountPath)
	}
	if err := os.MkdirAll(l.volume(mount.Name), 0o750); err != nil {
		return fmt.Errorf("make volume: %w", err)
	}
	place := l.Path(mount.MountPath)
	if err := os.MkdirAll(filepath.Dir(place), 0o750); err != nil {
		return fmt.Errorf("make mount point: %w", err)
	}
	if err := os.Symlink(l.volume(mount.Name), place); err != nil {
		return fmt.Errorf("mount %s: %w", mount.MountPath, err)
	}
	return nil
}

// Update brings volumes up to date with the ConfigMaps and Secrets of a cluster, as kubelet does within a minute.
func (l *Layout) Update(cluster Cluster) error {
	var group *int64
	if l.pod.SecurityContext != nil {
		group = l.pod.SecurityContext.FSGroup
	}
	for _, mount := range l.mounts {
		i := slices.IndexFunc(l.pod.Volumes, func(v corev1.Volume) bool { return v.Name == mount.Name })
		if i < 0 {
			return fmt.Errorf("mount %s: the pod has no volume %s", mount.MountPath, mount.Name)
		}
		files, err := volumeFiles(cluster, l.pod.Volumes[i], group)
		if err != nil {
			return err
		}
		if files == nil {
			continue
		}
		for name, f := range files {
			f.text = l.Rewrite(f.text)
			files[name] = f
		}
		if err := writeVolume(l.volume(mount.Name), files); err != nil {
			return err
		}
	}
	return nil
}

// Path returns where a path of the container is on this machine.
func (l *Layout) Path(path string) string { return filepath.Join(l.root, "container", path) }

// Rewrite replaces paths of volumes in a text by where they are on this machine.
func (l *Layout) Rewrite(text string) string {
	return l.paths.ReplaceAllString(text, "${1}"+l.Path("")+"${2}")
}

func (l *Layout) volume(name string) string { return filepath.Join(l.root, "volumes", name) }

// Environment returns the container's variables, of those kinds that the chart's own files use.
func Environment(cluster Cluster, container corev1.Container) ([]string, error) {
	var result []string
	for _, from := range container.EnvFrom {
		if from.ConfigMapRef == nil {
			return nil, errors.New("read environment: only ConfigMaps are read as a whole")
		}
		files, err := cluster.configMap(from.ConfigMapRef.Name)
		if err != nil {
			return nil, err
		}
		for key, text := range files {
			result = append(result, from.Prefix+key+"="+text)
		}
	}
	for _, variable := range container.Env {
		value := variable.Value
		if source := variable.ValueFrom; source != nil {
			if source.SecretKeyRef == nil {
				return nil, fmt.Errorf("read environment: %s does not come out of a Secret", variable.Name)
			}
			files, err := cluster.secret(source.SecretKeyRef.Name)
			if err != nil {
				return nil, err
			}
			value = files[source.SecretKeyRef.Key]
		}
		result = append(result, variable.Name+"="+value)
	}
	return result, nil
}
