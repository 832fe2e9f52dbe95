{{/* Whether the exporter shows simulated CRMs: nobody has said which CRM to read. Empty means no. */}}
{{- define "sales-exporter.demo" -}}
{{- if not (or .Values.existingConfigMap .Values.existingConfigSecret (.Values.config).sources
  (hasKey (include "sales-exporter.credentials" . | fromJson) "hubspot")) }}
{{- true }}
{{- end }}
{{- end }}

{{/* The credentials by name, as JSON. A null drops one, or one of its files. */}}
{{- define "sales-exporter.credentials" -}}
{{- $credentials := dict }}
{{- range $name, $credential := include "sales-exporter.withoutNulls" (default dict .Values.credentials) | fromYaml }}
{{- if $credential.existingSecret }}
{{- $_ := set $credentials $name $credential }}
{{- end }}
{{- end }}
{{- toJson $credentials }}
{{- end }}

{{/* The exporter's configuration: `config` with its templates filled in, and what it leaves out. */}}
{{- define "sales-exporter.config" -}}
{{- $config := include "sales-exporter.filled" (list . (default dict .Values.config)) | fromJson }}
{{- if include "sales-exporter.demo" . }}
{{- $_ := unset $config "sources" }}
{{- range $key, $value := .Files.Get "files/demo.yaml" | fromYaml }}
{{- if not (hasKey $config $key) }}
{{- $_ := set $config $key $value }}
{{- end }}
{{- end }}
{{- else if not $config.sources }}
{{- $token := dict "token_file" "/etc/sales-exporter/credentials/hubspot/token" }}
{{- $_ := set $config "sources" (list (dict "name" "hubspot" "hubspot" $token)) }}
{{- end }}
{{- with (.Values.targets).files }}
{{- $files := default list $config.targets_files }}
{{- range . }}
{{- $files = append $files (printf "/etc/sales-exporter/targets/%s" .) }}
{{- end }}
{{- $_ := set $config "targets_files" (uniq $files) }}
{{- end }}
{{- merge $config (dict "mirror" (dict "sqlite" (dict "path" "/data/mirror.db"))) | toYaml }}
{{- end }}
