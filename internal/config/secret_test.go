package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

func TestSecretPrintsNowhere(t *testing.T) {
	type holder struct {
		Secret  Secret
		Pointer *Secret
	}
	secret := SecretFile("/run/CANARY")
	values := map[string]any{
		"plain": secret, "pointer": &secret, "struct": holder{secret, &secret}, "list": []Secret{secret},
		"map": map[string]Secret{"k": secret}, "source": HubSpot{Token: secret},
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
		got, err := SecretFile(path).Read()
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
	secret := SecretFile(path)
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
	if got, err := SecretEnv("SALES_EXPORTER_TEST_SECRET").Read(); err != nil || got != "from the environment" {
		t.Errorf("Read = %q, %v", got, err)
	}
	folder := t.TempDir()
	for name, tt := range map[string]struct {
		secret Secret
		want   string
	}{
		"unset variable": {SecretEnv("SALES_EXPORTER_ABSENT"), "environment variable SALES_EXPORTER_ABSENT is not set"},
		"directory":      {SecretFile(folder), folder + ": is a directory"},
		"none":           {Secret{}, "none is configured"},
	} {
		if _, err := tt.secret.Read(); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: Read = %v, want %q", name, err, tt.want)
		}
	}
	if _, err := SecretFile(filepath.Join(folder, "absent")).Read(); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("Read of an absent file = %v", err)
	}
	if (Secret{}).Set() || !SecretEnv("X").Set() {
		t.Error("Set tells configured and unconfigured secrets apart wrongly")
	}
}

func TestSecretPermissions(t *testing.T) {
	path := write(t, t.TempDir(), "secret", "x")
	for mode, warns := range map[os.FileMode]bool{0o600: false, 0o640: false, 0o644: true, 0o604: true} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		if warning := SecretFile(path).Permissions(); (warning != "") != warns {
			t.Errorf("mode %04o: Permissions = %q", mode, warning)
		}
	}
	for _, secret := range []Secret{SecretEnv("X"), SecretFile(path + ".absent"), {}} {
		if warning := secret.Permissions(); warning != "" {
			t.Errorf("Permissions = %q where there is no file", warning)
		}
	}
}

func TestWarnings(t *testing.T) {
	folder := t.TempDir()
	for _, name := range []string{"token", "client", "refresh", "consumer", "pem", "key"} {
		if err := os.Chmod(write(t, folder, name, "0123456789abcdef"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write(t, folder, "private", "x")
	validated, err := Parse("config.yaml", []byte(`
sources:
  - {name: a, hubspot: {token_file: token}}
  - {name: b, hubspot: {oauth: {client_id: x, client_secret_file: client, refresh_token_file: refresh}}}
  - name: c
    salesforce:
      instance_url: https://c.my.salesforce.com
      client_credentials: {client_id: x, client_secret_file: consumer}
  - name: d
    salesforce:
      instance_url: https://d.my.salesforce.com
      jwt: {client_id: x, username: u, private_key_file: pem}
  - {name: e, hubspot: {token_file: private}}
rep_label: hash
hash_key_file: key
`), folder)
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Join(validated.Warnings(), "\n")
	for _, want := range []string{
		"source a: file " + folder + "/token", "source b: file " + folder + "/client",
		"source b: file " + folder + "/refresh", "source c: file " + folder + "/consumer",
		"source d: file " + folder + "/pem", "hash_key_file: file " + folder + "/key",
	} {
		if !strings.Contains(got, want+" can be read by every user") {
			t.Errorf("no warning of %s in:\n%s", want, got)
		}
	}
	if strings.Contains(got, "source e") {
		t.Errorf("a warning of a private file in:\n%s", got)
	}
}

// TestWarningsOfWhatIsNotThere names the files and variables that a sync would look for in vain (finding 28). They may
// still come, so the configuration is not wrong.
func TestWarningsOfWhatIsNotThere(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("SET", "x")
	if err := os.Chmod(write(t, folder, "there", "x"), 0o600); err != nil {
		t.Fatal(err)
	}
	write(t, folder, "there.csv", "id,stage\n")
	validated, err := Parse("config.yaml", []byte(`
sources:
  - {name: a, hubspot: {token_file: absent}}
  - {name: b, hubspot: {token_file: there}}
  - {name: c, hubspot: {token_env: NOT_SET_ANYWHERE}}
  - {name: d, hubspot: {token_env: SET}}
  - {name: e, spreadsheet: {deals: {file: deals.csv, columns: {id: id, stage: stage}, stages: {Won: won}}}}
  - {name: f, spreadsheet: {deals: {file: there.csv, columns: {id: id, stage: stage}, stages: {Won: won}}}}
  - name: g
    salesforce:
      instance_url: https://g.my.salesforce.com
      jwt: {client_id: x, username: u, private_key_file: missing.pem}
  - {name: h, spreadsheet: {deals: {file: exports/*.csv, columns: {id: id, stage: stage}, stages: {Won: won}}}}
  - {name: i, spreadsheet: {deals: {file: "th*.csv", columns: {id: id, stage: stage}, stages: {Won: won}}}}
  - {name: j, spreadsheet: {deals: {file: "https://x.example/a?b=*", columns: {id: id, stage: stage}, stages: {Won: won}}}}
`), folder)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"source a: file " + folder + "/absent does not exist",
		"source c: environment variable NOT_SET_ANYWHERE is not set",
		"source e: file " + folder + "/deals.csv does not exist",
		"source g: file " + folder + "/missing.pem does not exist",
		"source h: no file matches " + folder + "/exports/*.csv",
	}
	if got := validated.Warnings(); !slices.Equal(got, want) {
		t.Errorf("warnings are %q, want %q", got, want)
	}
}

func TestSecretDemo(t *testing.T) {
	secret := SecretDemo("demo")
	if got, err := secret.Read(); err != nil || got != "demo" {
		t.Errorf("Read = %q, %v", got, err)
	}
	if got := fmt.Sprintf("%+v", secret); got != "<secret>" {
		t.Errorf("a demo's secret prints as %s", got)
	}
}
