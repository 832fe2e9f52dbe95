package compose

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/types"
)

// userFiles are the files that the profile `real` gets from its user. Docker would make a directory of a path that does
// not exist, so that each must say create_host_path: false.
var userFiles = []string{"config.yaml"}

func TestBindPathsExist(t *testing.T) {
	binds := 0
	eachService(t, func(t *testing.T, s types.ServiceConfig) {
		for _, v := range s.Volumes {
			if v.Type != types.VolumeTypeBind {
				continue
			}
			binds++
			if !v.ReadOnly {
				t.Errorf("%s can be written to by the container", v.Source)
			}
			path, err := filepath.Rel(root(t), v.Source)
			if err != nil || strings.HasPrefix(path, "..") {
				t.Errorf("%s lies outside of the repository", v.Source)
				continue
			}
			if slices.Contains(userFiles, path) {
				if v.Bind == nil || v.Bind.CreateHostPath {
					t.Errorf("Docker makes a directory of %s where the user has no such file", path)
				}
				continue
			}
			if _, err := os.Stat(v.Source); err != nil {
				t.Errorf("bind path: %v", err)
			}
		}
	})
	if binds == 0 {
		t.Error("no bind path is found; the test looks at nothing")
	}
}

func TestVolumesAreUsed(t *testing.T) {
	p := project(t, nil, realProfile)
	used := map[string]bool{}
	for _, s := range p.Services {
		for _, v := range s.Volumes {
			if v.Type == types.VolumeTypeVolume {
				used[v.Source] = true
			}
		}
	}
	for name := range p.Volumes {
		if !used[name] {
			t.Errorf("the volume %s is mounted nowhere", name)
		}
	}
}

// mounted returns the file of the repository that a service sees at a path, or "".
func mounted(s types.ServiceConfig, path string) string {
	for _, v := range s.Volumes {
		if v.Type != types.VolumeTypeBind {
			continue
		}
		if v.Target == path {
			return v.Source
		}
		if rest, inside := strings.CutPrefix(path, v.Target+"/"); inside {
			return filepath.Join(v.Source, rest)
		}
	}
	return ""
}

func TestRulesAndBoardsAreTheShippedOnes(t *testing.T) {
	p := project(t, nil, realProfile)
	for _, c := range []struct{ service, path, want string }{
		{"prometheus-real", "/etc/prometheus/rules", "alerts"},
		{"grafana", "/etc/grafana/dashboards", "dashboards"},
		{"grafana-real", "/etc/grafana/dashboards", "dashboards"},
		{"exporter", "/config.yaml", "config.example.yaml"},
		{"history", "/config.yaml", "config.example.yaml"},
	} {
		if got := mounted(p.Services[c.service], c.path); got != filepath.Join(root(t), c.want) {
			t.Errorf("%s has %q at %s, want %s", c.service, got, c.path, c.want)
		}
	}
	// The demo's rules come from the generator, into the volume that Prometheus reads.
	if !slices.Contains(p.Services["rules"].Command, "--out=/data") ||
		volumeAt(p.Services["rules"], "/data") != volumeAt(p.Services["prometheus"], "/etc/prometheus/rules") {
		t.Error("the generator does not write where Prometheus reads")
	}
}

func volumeAt(s types.ServiceConfig, target string) string {
	for _, v := range s.Volumes {
		if v.Type == types.VolumeTypeVolume && v.Target == target {
			return v.Source
		}
	}
	return "none of " + s.Name
}

// TestPathsInContainersExist: a configuration file names paths of its container. Each must be a mount.
func TestPathsInContainersExist(t *testing.T) {
	p := project(t, nil, realProfile)
	inContainer := regexp.MustCompile(`/(?:etc/(?:prometheus|alertmanager|grafana)|config\.yaml)[\w./*-]*`)
	found := 0
	configured := []string{
		"prometheus", "prometheus-real", "alertmanager", "alertmanager-real", "grafana", "grafana-real",
	}
	for _, name := range configured {
		s := p.Services[name]
		text := strings.Join(s.Command, "\n")
		for _, value := range s.Environment {
			text += "\n" + *value
		}
		for _, v := range s.Volumes {
			text += "\n" + configText(t, v)
		}
		for _, path := range inContainer.FindAllString(text, -1) {
			found++
			if strings.HasPrefix(path, "/etc/prometheus/rules/") && name == "prometheus" {
				continue // A volume, which the service `rules` fills.
			}
			file := mounted(s, path)
			if matches, err := filepath.Glob(file); err != nil || file == "" || len(matches) == 0 {
				t.Errorf("%s: nothing is at %s", name, path)
			}
		}
	}
	if found < 8 {
		t.Errorf("only %d paths are found; the test looks at too little", found)
	}
}

// configText returns the YAML files of a mount without their comments.
func configText(t *testing.T, v types.ServiceVolumeConfig) string {
	t.Helper()
	if v.Type != types.VolumeTypeBind || !strings.Contains(v.Source, "/deploy/") {
		return ""
	}
	files := []string{v.Source}
	if inside, err := filepath.Glob(filepath.Join(v.Source, "*.yml")); err == nil && len(inside) > 0 {
		files = inside
	}
	var b strings.Builder
	for _, file := range files {
		if filepath.Ext(file) != ".yml" {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		b.Write(regexp.MustCompile(`(?m)^\s*#.*$`).ReplaceAll(text, nil))
		b.WriteByte('\n')
	}
	return b.String()
}

// TestSecrets: they come from files that .env names, and .env.example names every one of them.
func TestSecrets(t *testing.T) {
	p := project(t, []string{"HUBSPOT_TOKEN_FILE=./secrets/token", "SECRETS_GROUP=1234"}, realProfile)
	if got, want := p.Secrets["hubspot-token"].File, filepath.Join(root(t), "secrets", "token"); got != want {
		t.Errorf("the token's file is %s, want %s", got, want)
	}
	if got := p.Secrets["salesforce-secret"].File; !fileIsEmpty(got) {
		t.Errorf("a secret that nobody set comes from %s, which is no empty file", got)
	}
	example, err := os.ReadFile(filepath.Join(repository, ".env.example"))
	if err != nil {
		t.Fatal(err)
	}
	compose, err := os.ReadFile(filepath.Join(repository, "docker-compose.yml"))
	if err != nil {
		t.Fatal(err)
	}
	variables := regexp.MustCompile(`\$\{(\w+_(?:FILE|CONFIG|GROUP|BOARDS)):-`).FindAllSubmatch(compose, -1)
	if len(variables) < 5 {
		t.Errorf("only %d variables come from .env; the test looks at too little", len(variables))
	}
	for _, variable := range variables {
		if !strings.Contains(string(example), string(variable[1])+"=") {
			t.Errorf(".env.example does not explain %s", variable[1])
		}
	}
	for name, s := range p.Services {
		if len(s.Secrets) > 0 && !slices.Equal(s.GroupAdd, []string{"1234"}) {
			t.Errorf("%s is in the groups %v; it can read only secrets that everybody can read", name, s.GroupAdd)
		}
		if len(s.Secrets) > 0 && !slices.Equal(s.Profiles, []string{realProfile}) {
			t.Errorf("%s of the demo gets secrets", name)
		}
	}
}

func fileIsEmpty(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() && info.Size() == 0
}

// TestSinkScript: httpd runs only what may be executed, and answers 404 otherwise.
func TestSinkScript(t *testing.T) {
	info, err := os.Stat(filepath.Join(repository, "deploy", "sink", "cgi-bin", "print"))
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm()&0o111 != 0o111 {
		t.Errorf("its mode is %s", info.Mode())
	}
}
