package main

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestServeAndDrain(t *testing.T) {
	for crm, path := range map[string]string{
		"hubspot": "/crm/objects/2026-09/deals", "salesforce": "/services/data",
	} {
		t.Run(crm, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			output, stdout := io.Pipe()
			done := make(chan error, 1)
			go func() {
				done <- run(ctx, []string{"--crm", crm, "--deals", "50", "--token", "t", "--log.level", "error"},
					stdout, io.Discard)
			}()
			base, err := bufio.NewReader(output).ReadString('\n')
			if err != nil {
				t.Fatal(err)
			}
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, strings.TrimSpace(base)+path, nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Authorization", "Bearer t")
			client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
			response, err := client.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := io.Copy(io.Discard, response.Body); err != nil || response.StatusCode != http.StatusOK {
				t.Errorf("status %d, error %v", response.StatusCode, err)
			}
			_ = response.Body.Close()
			cancel()
			if err := <-done; err != nil {
				t.Errorf("drain: %v", err)
			}
		})
	}
}

func TestMisuse(t *testing.T) {
	for _, args := range []string{
		"--crm pipedrive", "--seed x", "--deals=-1", "--maven /nonexistent", "--listen-address 256.0.0.1:0", "extra",
	} {
		if err := run(t.Context(), strings.Fields(args), io.Discard, io.Discard); err == nil {
			t.Errorf("crmsim %s: no error", args)
		}
	}
}
