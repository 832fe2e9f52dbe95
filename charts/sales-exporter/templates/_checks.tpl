{{/* Mistakes that would be noticed too late: by a CRM's API allowance, by a drain that hangs, by a number that is
missing. Each message says what is wrong, why, and what to do. */}}
{{- define "sales-exporter.checks" -}}
{{- include "sales-exporter.checkReplicas" . }}
{{- include "sales-exporter.checkConfiguration" . }}
{{- include "sales-exporter.checkTargets" . }}
{{- if not (or .Values.existingConfigMap .Values.existingConfigSecret) }}
{{- include "sales-exporter.checkMirror" . }}
{{- include "sales-exporter.checkCredentials" . }}
{{- end }}
{{- end }}

{{- define "sales-exporter.checkReplicas" -}}
{{- if gt (int .Values.replicaCount) 1 }}
{{- fail (printf "replicaCount is %d: each replica polls the CRM by itself, spends its API allowance once more and serves the same numbers a second time. Set it to 1, or to 0 to pause" (int .Values.replicaCount)) }}
{{- end }}
{{- end }}

{{- define "sales-exporter.checkConfiguration" -}}
{{- $given := list }}
{{- range list "config" "existingConfigMap" "existingConfigSecret" }}
{{- if index $.Values . }}
{{- $given = append $given . }}
{{- end }}
{{- end }}
{{- if gt (len $given) 1 }}
{{- fail (printf "%s are set, and the exporter reads one configuration: keep one of them" (join " and " $given)) }}
{{- end }}
{{- end }}

{{- define "sales-exporter.checkTargets" -}}
{{- $existing := or .Values.existingConfigMap .Values.existingConfigSecret }}
{{- if and .Values.targets.files (not .Values.targets.existingConfigMap) }}
{{- fail "targets.files is set without targets.existingConfigMap: nothing holds these files. Name the ConfigMap that does" }}
{{- end }}
{{- if and .Values.targets.files $existing }}
{{- fail (printf "targets.files cannot be added to the existing configuration %s: remove it, and name the files there, under targets_files, as /etc/sales-exporter/targets/%s" $existing (first .Values.targets.files)) }}
{{- end }}
{{- end }}

{{- define "sales-exporter.checkMirror" -}}
{{- $path := (include "sales-exporter.config" . | fromYaml).mirror.sqlite.path }}
{{- if not (hasPrefix "/data/" (clean $path)) }}
{{- fail (printf "config.mirror.sqlite.path is %s: only /data can be written to and kept. Leave it out, or name a file in /data" $path) }}
{{- end }}
{{- end }}

{{/* The name of a credential does not say how it is used, but for HubSpot, where a token is enough. */}}
{{- define "sales-exporter.checkCredentials" -}}
{{- $config := include "sales-exporter.config" . }}
{{- if not (.Values.config).sources }}
{{- range $name, $credential := .Values.credentials }}
{{- $folder := printf "/etc/sales-exporter/credentials/%s/" $name }}
{{- if and $credential.existingSecret (not (contains $folder $config)) }}
{{- fail (printf "credentials.%s is set, but config.sources is empty: nothing would use it. Add a source to config.sources that names its files in %s" $name $folder) }}
{{- end }}
{{- end }}
{{- if and (include "sales-exporter.hubspotSecret" .) (not (hasKey (include "sales-exporter.credentialKeys" (list "hubspot" .Values.credentials.hubspot) | fromYaml) "token")) }}
{{- fail "credentials.hubspot.keys has no file \"token\", which the source that the chart adds reads. Add token: <key of the Secret>, or write the source yourself in config.sources" }}
{{- end }}
{{- end }}
{{- end }}
