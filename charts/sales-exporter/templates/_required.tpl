{{/* Refuses to go on without a value that templates need. Every manifest begins with it, for Helm promises no order, and
what templates would say instead is an error of Go's. */}}
{{- define "sales-exporter.required" -}}
{{- range $path := .Files.Get "files/required.yaml" | fromYamlArray }}
{{- $value := $.Values }}
{{- range $key := splitList "." $path }}
{{- $value = index $value $key }}
{{- end }}
{{- if kindIs "invalid" $value }}
{{- fail (printf "%s is missing, but the chart requires it: remove the null that removes its default, or, after \"helm upgrade --reuse-values\", upgrade with --reset-then-reuse-values" $path) }}
{{- end }}
{{- end }}
{{- end }}
