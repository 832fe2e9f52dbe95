package pod

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
)

// mounting returns a pod that mounts a Secret's key under another name, readable for the owner and, through the pod's
// group, for the exporter, beside the whole of a ConfigMap that names it.
func mounting() (corev1.PodSpec, corev1.Container) {
	mode, group := int32(0o400), int64(65532)
	secret := corev1.Volume{Name: "secret", VolumeSource: corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{
		SecretName: "crm", Items: []corev1.KeyToPath{{Key: "key", Path: "token"}}, DefaultMode: &mode,
	}}}
	config := corev1.Volume{Name: "config", VolumeSource: corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{
		LocalObjectReference: corev1.LocalObjectReference{Name: "config"},
	}}}
	pod := corev1.PodSpec{
		SecurityContext: &corev1.PodSecurityContext{FSGroup: &group}, Volumes: []corev1.Volume{secret, config},
	}
	return pod, corev1.Container{VolumeMounts: []corev1.VolumeMount{
		{Name: "secret", MountPath: "/etc/secret"}, {Name: "config", MountPath: "/config"},
	}}
}

func crm(text string) Cluster {
	return Cluster{
		Secrets:    map[string]Files{"crm": {"key": "s3cret", "other": "unused"}},
		ConfigMaps: map[string]Files{"config": {"config.yaml": text}},
	}
}

// TestLayout: files look as kubelet makes them, and paths in them lead to the volumes, but paths of others stay.
func TestLayout(t *testing.T) {
	pod, container := mounting()
	const text = "token_file: /etc/secret/token # not https://example.com/config/x"
	l, err := NewLayout(t.TempDir(), crm(text), pod, container)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(l.Path("/etc/secret/token"))
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode() != 0o440 {
		t.Errorf("mode of the secret: %v", info.Mode())
	}
	if _, err := os.Stat(l.Path("/etc/secret/other")); !os.IsNotExist(err) {
		t.Errorf("a key that no item asks for is there: %v", err)
	}
	link, err := os.Readlink(l.Path("/config/config.yaml"))
	if err != nil || link != filepath.Join("..data", "config.yaml") {
		t.Errorf("link of a file: %q, %v", link, err)
	}
	read(t, l, "token_file: "+l.Path("/etc/secret/token")+" # not https://example.com/config/x")
	if err := l.Update(crm("changed")); err != nil {
		t.Fatal(err)
	}
	read(t, l, "changed")
}

func read(t *testing.T, l *Layout, want string) {
	t.Helper()
	got, err := os.ReadFile(l.Path("/config/config.yaml"))
	if err != nil || string(got) != want {
		t.Errorf("the configuration is %q, %v instead of %q", got, err, want)
	}
}

// TestLayoutRefuses: a pod that would wait for ever, or not follow changes, is no layout.
func TestLayoutRefuses(t *testing.T) {
	tests := map[string]struct {
		change func(*corev1.PodSpec, *corev1.Container)
		want   string
	}{
		"Secret that is missing": {
			func(p *corev1.PodSpec, _ *corev1.Container) { p.Volumes[0].Secret.SecretName = "erp" }, "find Secret erp",
		},
		"ConfigMap that is missing": {
			func(p *corev1.PodSpec, _ *corev1.Container) { p.Volumes[1].ConfigMap.Name = "settings" }, "find ConfigMap settings",
		},
		"key that is missing": {
			func(p *corev1.PodSpec, _ *corev1.Container) { p.Volumes[0].Secret.Items[0].Key = "token" }, "there is no key token",
		},
		"volume that is missing": {
			func(p *corev1.PodSpec, _ *corev1.Container) { p.Volumes = p.Volumes[:1] }, "the pod has no volume config",
		},
		"single file": {
			func(_ *corev1.PodSpec, c *corev1.Container) { c.VolumeMounts[0].SubPath = "token" }, "does not follow its changes",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			pod, container := mounting()
			test.change(&pod, &container)
			_, err := NewLayout(t.TempDir(), crm(""), pod, container)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v instead of one with %q", err, test.want)
			}
		})
	}
}
