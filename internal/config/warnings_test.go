package config_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/sales-exporter/sales_exporter/internal/app/known/knowntest"
)

func TestWarnings(t *testing.T) {
	folder := t.TempDir()
	for _, name := range []string{"token", "client", "refresh", "consumer", "pem", "key"} {
		if err := os.Chmod(knowntest.Write(t, folder, name, "0123456789abcdef"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	knowntest.Write(t, folder, "private", "x")
	validated, err := knowntest.Parse([]byte(`
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
		"source a: credential: file " + folder + "/token", "source b: credential: file " + folder + "/client",
		"source b: credential: file " + folder + "/refresh", "source c: credential: file " + folder + "/consumer",
		"source d: credential: file " + folder + "/pem", "hash_key_file: file " + folder + "/key",
	} {
		if !strings.Contains(got, want+" can be read by every user") {
			t.Errorf("no warning of %s in:\n%s", want, got)
		}
	}
	if strings.Contains(got, "source e") {
		t.Errorf("a warning of a private file in:\n%s", got)
	}
}

// TestWarningsOfWhatIsNotThere names the files and variables that a sync would look for in vain. They may
// still come, so the configuration is not wrong.
func TestWarningsOfWhatIsNotThere(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("SET", "x")
	if err := os.Chmod(knowntest.Write(t, folder, "there", "x"), 0o600); err != nil {
		t.Fatal(err)
	}
	knowntest.Write(t, folder, "there.csv", "id,stage\n")
	validated, err := knowntest.Parse([]byte(`
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
		"source a: credential: file " + folder + "/absent does not exist",
		"source c: credential: environment variable NOT_SET_ANYWHERE is not set",
		"source e: file " + folder + "/deals.csv does not exist",
		"source g: credential: file " + folder + "/missing.pem does not exist",
		"source h: no file matches " + folder + "/exports/*.csv",
	}
	if got := validated.Warnings(); !slices.Equal(got, want) {
		t.Errorf("warnings are %q, want %q", got, want)
	}
}
