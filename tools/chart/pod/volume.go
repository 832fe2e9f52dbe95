package pod

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	corev1 "k8s.io/api/core/v1"
)

// file is a file of a volume.
type file struct {
	text string
	mode os.FileMode
}

// volumeFiles returns the files of a volume out of a ConfigMap or a Secret; nil is an empty one that can be written to.
func volumeFiles(c Cluster, v corev1.Volume, group *int64) (map[string]file, error) {
	var items []corev1.KeyToPath
	var mode *int32
	var all Files
	var err error
	switch {
	case v.ConfigMap != nil:
		items, mode = v.ConfigMap.Items, v.ConfigMap.DefaultMode
		all, err = c.configMap(v.ConfigMap.Name)
	case v.Secret != nil:
		items, mode = v.Secret.Items, v.Secret.DefaultMode
		all, err = c.secret(v.Secret.SecretName)
	case v.EmptyDir != nil, v.PersistentVolumeClaim != nil:
		return nil, nil
	default:
		err = errors.New("its kind is not one that the chart uses")
	}
	if err != nil {
		return nil, fmt.Errorf("lay out volume %s: %w", v.Name, err)
	}
	return selected(all, items, fileMode(mode, group), v.Name)
}

// fileMode returns what kubelet makes of a volume's mode: the group of the pod, where it has one, may always read.
func fileMode(mode *int32, group *int64) os.FileMode {
	result := os.FileMode(0o644)
	if mode != nil {
		result = os.FileMode(*mode) //nolint:gosec // Modes are small.
	}
	if group != nil {
		result |= 0o440
	}
	return result
}

// selected returns the files that items ask for; without items, all.
func selected(all Files, items []corev1.KeyToPath, mode os.FileMode, volume string) (map[string]file, error) {
	files := map[string]file{}
	if len(items) == 0 {
		for key, text := range all {
			files[key] = file{text: text, mode: mode}
		}
		return files, nil
	}
	for _, item := range items {
		text, ok := all[item.Key]
		if !ok {
			return nil, fmt.Errorf("lay out volume %s: there is no key %s", volume, item.Key)
		}
		files[item.Path] = file{text: text, mode: mode}
	}
	return files, nil
}

// writeVolume writes files into a directory of their own and then moves the link ..data to it, so that a reader sees
// either all of the old files or all of the new. A second call is an update.
func writeVolume(dir string, files map[string]file) error {
	generation, err := os.MkdirTemp(dir, "..generation_")
	if err != nil {
		return fmt.Errorf("make volume: %w", err)
	}
	for name, f := range files {
		path := filepath.Join(generation, name)
		if err := os.WriteFile(path, []byte(f.text), f.mode); err != nil {
			return fmt.Errorf("write into volume: %w", err)
		}
		// This machine's umask is not the pod's.
		if err := os.Chmod(path, f.mode); err != nil {
			return fmt.Errorf("set mode in volume: %w", err)
		}
	}
	next := filepath.Join(dir, "..data_tmp")
	if err := os.Symlink(filepath.Base(generation), next); err != nil {
		return fmt.Errorf("link volume: %w", err)
	}
	if err := os.Rename(next, filepath.Join(dir, "..data")); err != nil {
		return fmt.Errorf("switch volume: %w", err)
	}
	for name := range files {
		err := os.Symlink(filepath.Join("..data", name), filepath.Join(dir, name))
		if err != nil && !os.IsExist(err) {
			return fmt.Errorf("link file of volume: %w", err)
		}
	}
	return nil
}
