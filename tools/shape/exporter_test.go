package shape

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// newFolder returns a folder with the configuration of an exporter that reads an account. Its mirror will be there, too.
func newFolder(t *testing.T, a *account) string {
	t.Helper()
	folder := t.TempDir()
	config := fmt.Sprintf(`
windows: [all_time]
sources:
  - name: crm
    salesforce: {instance_url: %s, client_credentials: {client_id: secret, client_secret_file: secret}}
  - name: made_up
    tally: {deals: 3}
`, a.url)
	for file, content := range map[string]string{"config.yaml": config, "secret": "secret\n"} {
		if err := os.WriteFile(filepath.Join(folder, file), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

// execute runs a command of an exporter over a folder.
func execute(t *testing.T, program, folder string, args ...string) (stdout, stderr string, err error) {
	t.Helper()
	command := exec.CommandContext(t.Context(), program,
		append(args, "--config.file="+filepath.Join(folder, "config.yaml"))...)
	var out, said bytes.Buffer
	command.Stdout, command.Stderr = &out, &said
	err = command.Run()
	return out.String(), said.String(), err
}
