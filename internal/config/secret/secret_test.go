package secret

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

func TestSecretPrintsNowhere(t *testing.T) {
	type holder struct {
		Secret  Secret
		Pointer *Secret
	}
	secret := File("/run/CANARY")
	values := map[string]any{
		"plain": secret, "pointer": &secret, "struct": holder{secret, &secret}, "list": []Secret{secret},
		"map": map[string]Secret{"k": secret}, "source": struct{ Token Secret }{secret},
	}
	for name, value := range values {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x", "%X", "%t", "%c", "%U", "%e", "%T"} {
			if text := fmt.Sprintf(verb, value); strings.Contains(text, "CANARY") {
				t.Errorf("%s of %s prints %s", verb, name, text)
			}
		}
		var out bytes.Buffer
		for _, handler := range []slog.Handler{slog.NewTextHandler(&out, nil), slog.NewJSONHandler(&out, nil)} {
			slog.New(handler).Info("message", "value", value)
		}
		asJSON, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		out.Write(asJSON)
		asYAML, err := yaml.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		out.Write(asYAML)
		if strings.Contains(out.String(), "CANARY") {
			t.Errorf("%s is written as %s", name, out.String())
		}
	}
	for _, text := range []string{
		secret.String(), secret.GoString(), fmt.Sprint(secret), fmt.Sprintf("%5.2f", secret), fmt.Sprintf("%d", secret),
		secret.LogValue().String(),
	} {
		if text != "<secret>" {
			t.Errorf("a secret prints as %q", text)
		}
	}
}

func TestSecretRead(t *testing.T) {
	folder := t.TempDir()
	full := strings.Repeat("x", maxSecret)
	for name, tt := range map[string]struct{ text, want, problem string }{
		"plain":             {"CANARY", "CANARY", ""},
		"newline":           {"CANARY\n", "CANARY", ""},
		"windows newline":   {"CANARY\r\n", "CANARY", ""},
		"one newline only":  {"CANARY\n\n", "CANARY\n", ""},
		"inner newlines":    {"-----BEGIN\nCANARY\n-----END\n", "-----BEGIN\nCANARY\n-----END", ""},
		"as large as it is": {full + "\n", full, ""},
		"too large":         {full + "x", "", "is larger than 65536 bytes"},
		"empty":             {"", "", "is empty"},
		"blank":             {" \n", "", "is empty"},
		"binary":            {"CANARY\x00", "", "contains a NUL byte"},
	} {
		path := write(t, folder, "secret", tt.text)
		got, err := File(path).Read()
		if tt.problem == "" {
			if err != nil || got != tt.want {
				t.Errorf("%s: Read = %d bytes, %v", name, len(got), err)
			}
			continue
		}
		want := "read secret: file " + path + " " + tt.problem
		if err == nil || err.Error() != want {
			t.Errorf("%s: Read = %v", name, err)
		}
	}
}

func TestSecretIsReadAnew(t *testing.T) {
	path := write(t, t.TempDir(), "secret", "old")
	secret := File(path)
	for _, want := range []string{"old", "new"} {
		if err := os.WriteFile(path, []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := secret.Read(); err != nil || got != want {
			t.Errorf("Read = %q, %v, want %q", got, err, want)
		}
	}
}

func TestSecretElsewhere(t *testing.T) {
	t.Setenv("SALES_EXPORTER_TEST_SECRET", "from the environment\n")
	if got, err := Env("SALES_EXPORTER_TEST_SECRET").Read(); err != nil || got != "from the environment" {
		t.Errorf("Read = %q, %v", got, err)
	}
	folder := t.TempDir()
	for name, tt := range map[string]struct {
		secret Secret
		want   string
	}{
		"unset variable": {Env("SALES_EXPORTER_ABSENT"), "environment variable SALES_EXPORTER_ABSENT is not set"},
		"directory":      {File(folder), folder + ": is a directory"},
		"none":           {Secret{}, "none is configured"},
	} {
		if _, err := tt.secret.Read(); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: Read = %v, want %q", name, err, tt.want)
		}
	}
	if _, err := File(filepath.Join(folder, "absent")).Read(); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("Read of an absent file = %v", err)
	}
	if (Secret{}).Set() || !Env("X").Set() {
		t.Error("Set tells configured and unconfigured secrets apart wrongly")
	}
}

func TestSecretPermissions(t *testing.T) {
	path := write(t, t.TempDir(), "secret", "x")
	for mode, warns := range map[os.FileMode]bool{0o600: false, 0o640: false, 0o644: true, 0o604: true} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		if warning := File(path).Permissions(); (warning != "") != warns {
			t.Errorf("mode %04o: Permissions = %q", mode, warning)
		}
	}
	for _, secret := range []Secret{Env("X"), File(path + ".absent"), {}} {
		if warning := secret.Permissions(); warning != "" {
			t.Errorf("Permissions = %q where there is no file", warning)
		}
	}
}

func TestSecretDemo(t *testing.T) {
	secret := Demo("demo")
	if got, err := secret.Read(); err != nil || got != "demo" {
		t.Errorf("Read = %q, %v", got, err)
	}
	if got := fmt.Sprintf("%+v", secret); got != "<secret>" {
		t.Errorf("a demo's secret prints as %s", got)
	}
}

func write(t *testing.T, folder, name, text string) string {
	t.Helper()
	path := filepath.Join(folder, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
