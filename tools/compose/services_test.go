package compose

import (
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/google/go-cmp/cmp"
)

// eachService calls check for every service of both profiles.
func eachService(t *testing.T, check func(*testing.T, types.ServiceConfig)) {
	t.Helper()
	p := project(t, nil, realProfile)
	if len(p.Services) < 10 {
		t.Fatalf("only %d services are loaded", len(p.Services))
	}
	for name, service := range p.Services {
		t.Run(name, func(t *testing.T) { check(t, service) })
	}
}

func TestDemoNeedsNoProfile(t *testing.T) {
	got := project(t, nil).ServiceNames()
	slices.Sort(got)
	want := []string{"alertmanager", "exporter", "grafana", "history", "prometheus", "rules", "seed", "sink"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("services of `docker compose up` (-want +got):\n%s", diff)
	}
}

// TestRealByName: what the head of the file and .env.example tell to run starts the real services, and none of the demo.
func TestRealByName(t *testing.T) {
	enabled, err := project(t, nil).WithServicesEnabled("grafana-real")
	if err != nil {
		t.Fatal(err)
	}
	selected, err := enabled.WithSelectedServices([]string{"grafana-real"}, types.IncludeDependencies)
	if err != nil {
		t.Fatal(err)
	}
	got := selected.ServiceNames()
	slices.Sort(got)
	want := []string{
		"alertmanager-real", "exporter-real", "grafana-real", "history-real", "prometheus-real", "seed-real", "sink-real",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("services of `docker compose up grafana-real` (-want +got):\n%s", diff)
	}
}

func TestImagesArePinned(t *testing.T) {
	pinned := regexp.MustCompile(`^[a-z0-9./-]+:v?[0-9]+\.[0-9]+\.[0-9]+$`)
	eachService(t, func(t *testing.T, s types.ServiceConfig) {
		if s.Build != nil {
			return // Its image is what the Dockerfile makes of this repository.
		}
		if !pinned.MatchString(s.Image) {
			t.Errorf("the image %q has no tag with a full version", s.Image)
		}
	})
}

// TestBuilds: Compose builds services side by side. Two that export the same tag fail on a machine that has no such
// image yet, and what is not built on every start is an old exporter under new boards.
func TestBuilds(t *testing.T) {
	built := 0
	eachService(t, func(t *testing.T, s types.ServiceConfig) {
		if s.Build == nil {
			return
		}
		built++
		if s.Image != "" {
			t.Errorf("it names its image %q, as another service might", s.Image)
		}
		if s.PullPolicy != types.PullPolicyBuild {
			t.Errorf("its pull policy is %q; a changed source is not built", s.PullPolicy)
		}
	})
	if built < 2 {
		t.Errorf("only %d services are built; the test looks at too little", built)
	}
}

// TestTemporaryFiles: the root is read-only, so that a program that writes to /tmp ends there without a tmpfs. SQLite
// sorts in it, promtool keeps its head in it, and Grafana its plugins' sockets.
func TestTemporaryFiles(t *testing.T) {
	writers := 0
	eachService(t, func(t *testing.T, s types.ServiceConfig) {
		writes := s.Build != nil || strings.HasPrefix(s.Image, "grafana/") ||
			strings.Contains(strings.Join(s.Command, " "), "promtool")
		if !writes {
			return
		}
		writers++
		has := slices.ContainsFunc(s.Tmpfs, func(mount string) bool { return strings.HasPrefix(mount, "/tmp:size=") })
		if s.ReadOnly && !has {
			t.Error("it has no /tmp")
		}
	})
	if writers < 9 {
		t.Errorf("only %d services write; the test looks at too little", writers)
	}
}

// TestVersionsAreThoseOfTheTools: the rules are checked with promtool and the routes with amtool of the same versions
// that run here. Prometheus numbers its module v0.315.0 where it numbers its release v3.15.0.
func TestVersionsAreThoseOfTheTools(t *testing.T) {
	prometheus := moduleVersion(t, "prometheus", "github.com/prometheus/prometheus")
	parts := regexp.MustCompile(`^v0\.([0-9])([0-9]{2})\.([0-9]+)$`).FindStringSubmatch(prometheus)
	if parts == nil {
		t.Fatalf("the version %s of Prometheus' module is of an unknown form", prometheus)
	}
	release := "v" + parts[1] + "." + strings.TrimPrefix(parts[2], "0") + "." + parts[3]
	want := map[string]string{
		"prom/prometheus":   release,
		"prom/alertmanager": moduleVersion(t, "alertmanager", "github.com/prometheus/alertmanager"),
	}
	seen := map[string]bool{}
	eachService(t, func(t *testing.T, s types.ServiceConfig) {
		image, tag, _ := strings.Cut(s.Image, ":")
		if version, ok := want[image]; ok {
			seen[image] = true
			if tag != version {
				t.Errorf("%s has version %s, the tools %s", image, tag, version)
			}
		}
	})
	if len(seen) != len(want) {
		t.Errorf("of %v only %v are used", want, seen)
	}
}

func TestServicesAreConfined(t *testing.T) {
	eachService(t, func(t *testing.T, s types.ServiceConfig) {
		if !s.ReadOnly {
			t.Error("the root file system can be written to")
		}
		if !slices.Equal(s.CapDrop, []string{"ALL"}) || len(s.CapAdd) > 0 || s.Privileged {
			t.Errorf("capabilities: drop %v, add %v, privileged %t", s.CapDrop, s.CapAdd, s.Privileged)
		}
		if !slices.Contains(s.SecurityOpt, "no-new-privileges:true") {
			t.Error("privileges can be gained")
		}
		if uid, _, _ := strings.Cut(s.User, ":"); uid == "" || strings.Trim(uid, "0123456789") != "" || uid == "0" {
			t.Errorf("user %q is no number other than 0", s.User)
		}
		if s.NetworkMode == "host" || s.Pid == "host" || s.Ipc == "host" {
			t.Error("a namespace of the host is shared")
		}
		if s.Deploy == nil || s.Deploy.Resources.Limits == nil || s.Deploy.Resources.Limits.MemoryBytes == 0 ||
			s.Deploy.Resources.Limits.NanoCPUs == 0 || s.Deploy.Resources.Limits.Pids == 0 {
			t.Error("memory, processors or processes have no limit")
		} else if cpus := s.Deploy.Resources.Limits.NanoCPUs; cpus > 1 {
			t.Errorf("Docker refuses to start it on a machine with one processor: its limit is %g", cpus)
		}
	})
}

func TestPortsAreOnLoopback(t *testing.T) {
	published := map[string]string{}
	eachService(t, func(t *testing.T, s types.ServiceConfig) {
		for _, port := range s.Ports {
			if ip, err := netip.ParseAddr(port.HostIP); err != nil || !ip.IsLoopback() {
				t.Errorf("port %s is bound to %q", port.Published, port.HostIP)
			}
			if other, taken := published[port.Published]; taken {
				t.Errorf("port %s is that of %s, too", port.Published, other)
			}
			published[port.Published] = s.Name
		}
	})
	if published["10574"] != "exporter" {
		t.Errorf("port 10574 is that of %q, want the exporter", published["10574"])
	}
}

// TestOnlyGrafanaIsOpened: GRAFANA_BIND opens the boards to other machines. Prometheus, Alertmanager and the exporter
// have no business there.
func TestOnlyGrafanaIsOpened(t *testing.T) {
	opened := 0
	for name, s := range project(t, []string{"GRAFANA_BIND=0.0.0.0"}, realProfile).Services {
		for _, port := range s.Ports {
			isOpen := port.HostIP == "0.0.0.0"
			if isOpen != strings.HasPrefix(s.Image, "grafana/") {
				t.Errorf("port %s of %s is bound to %s", port.Published, name, port.HostIP)
			}
			if isOpen {
				opened++
			}
		}
	}
	if opened != 2 {
		t.Errorf("%d ports are opened, want those of the two Grafanas", opened)
	}
}

// TestViewersExplore: nobody logs in, so that what anonymous viewers may do is all that anybody can do: look, ask
// questions, and save nothing.
func TestViewersExplore(t *testing.T) {
	p := project(t, nil, realProfile)
	for _, name := range []string{"grafana", "grafana-real"} {
		for variable, want := range map[string]string{
			"GF_AUTH_ANONYMOUS_ORG_ROLE": "Viewer", "GF_USERS_VIEWERS_CAN_EDIT": "true",
		} {
			if got := p.Services[name].Environment[variable]; got == nil || *got != want {
				t.Errorf("%s: %s is not %s", name, variable, want)
			}
		}
	}
}

// TestHealth: depends_on waits for health, and a check that calls a program the image does not have never succeeds.
func TestHealth(t *testing.T) {
	eachService(t, func(t *testing.T, s types.ServiceConfig) {
		if oneShot(s) {
			return
		}
		if s.HealthCheck == nil || s.HealthCheck.Disable || len(s.HealthCheck.Test) < 2 {
			t.Fatal("a service that keeps running has no health check")
		}
		// Every image here is busybox or has it, hence wget; none has curl.
		if s.HealthCheck.Test[0] != "CMD" || s.HealthCheck.Test[1] != "wget" {
			t.Errorf("the check runs %v, want wget", s.HealthCheck.Test)
		}
	})
}

// TestDependencies: each is in the same world, demo or real, and has what the condition waits for.
func TestDependencies(t *testing.T) {
	p := project(t, nil, realProfile)
	eachService(t, func(t *testing.T, s types.ServiceConfig) {
		for name, dependency := range s.DependsOn {
			on, err := p.GetService(name)
			if err != nil {
				t.Fatalf("it depends on %s: %v", name, err)
			}
			if !slices.Equal(s.Profiles, on.Profiles) {
				t.Errorf("it is of %v and depends on %s of %v", s.Profiles, name, on.Profiles)
			}
			switch dependency.Condition {
			case types.ServiceConditionHealthy:
				if on.HealthCheck == nil || oneShot(on) {
					t.Errorf("it waits for the health of %s, which has none", name)
				}
			case types.ServiceConditionCompletedSuccessfully:
				if !oneShot(on) {
					t.Errorf("it waits for the end of %s, which runs for ever", name)
				}
			default:
				t.Errorf("it waits for %s only to be started", name)
			}
		}
	})
}

// TestDemoAndRealNeverMeet: simulated revenue beside real revenue would be a wrong number on every board.
func TestDemoAndRealNeverMeet(t *testing.T) {
	networks, volumes := map[string][]string{}, map[string][]string{}
	eachService(t, func(_ *testing.T, s types.ServiceConfig) {
		for name := range s.Networks {
			networks[name] = append(networks[name], strings.Join(s.Profiles, ","))
		}
		for _, v := range s.Volumes {
			if v.Type == types.VolumeTypeVolume {
				volumes[v.Source] = append(volumes[v.Source], strings.Join(s.Profiles, ","))
			}
		}
	})
	for kind, shared := range map[string]map[string][]string{"network": networks, "volume": volumes} {
		if len(shared) < 2 {
			t.Errorf("only %d of kind %s", len(shared), kind)
		}
		for name, profiles := range shared {
			slices.Sort(profiles)
			if used := slices.Compact(profiles); len(used) > 1 {
				t.Errorf("the %s %s is used by profiles %q", kind, name, used)
			}
		}
	}
}
