{{/* What the configuration names must be mounted, and what is mounted must be named: a misspelt path would only show in
a pod that does not start. */}}

{{/* Files that a part of the configuration names, as a JSON array of clean, absolute paths: (list $key $part). The
exporter takes a relative path from the folder of its configuration. Keys that users choose name no files. */}}
{{- define "sales-exporter.files" -}}
{{- $key := index . 0 }}{{ $part := index . 1 }}
{{- $files := list }}
{{- if kindIs "map" $part }}
{{- range $inner, $value := omit $part "values" "columns" "stages" "scope" }}
{{- $files = concat $files (include "sales-exporter.files" (list $inner $value) | fromJsonArray) }}
{{- end }}
{{- else if kindIs "slice" $part }}
{{- range $part }}
{{- $files = concat $files (include "sales-exporter.files" (list $key .) | fromJsonArray) }}
{{- end }}
{{- else if regexMatch "^(file|.*_files?)$" $key }}
{{- $files = list (ternary $part (printf "/etc/sales-exporter/config/%s" $part) (isAbs $part) | clean) }}
{{- end }}
{{- toJson $files }}
{{- end }}

{{/* Those in a folder, as a JSON array: (list . "/etc/sales-exporter/targets"). Files on mounts of users are left out, for
only they know what is there. */}}
{{- define "sales-exporter.filesIn" -}}
{{- $root := index . 0 }}{{ $folder := index . 1 }}
{{- $files := list }}
{{- range $file := include "sales-exporter.files" (list "" (include "sales-exporter.config" $root | fromYaml)) | fromJsonArray }}
{{- $ours := hasPrefix $folder $file }}
{{- range $root.Values.extraVolumeMounts }}
{{- $mount := printf "%s/" (toString .mountPath | clean | trimSuffix "/") }}
{{- $ours = and $ours (not (hasPrefix $mount (printf "%s/" $file))) }}
{{- end }}
{{- if $ours }}
{{- $files = append $files $file }}
{{- end }}
{{- end }}
{{- toJson $files }}
{{- end }}

{{/* Files where the chart mounts nothing but its own. */}}
{{- define "sales-exporter.checkFiles" -}}
{{- range $file := include "sales-exporter.filesIn" (list . "/etc/sales-exporter/") | fromJsonArray }}
{{- if not (regexMatch "^/etc/sales-exporter/(credentials|targets|web)/" $file) }}
{{- fail (printf "the configuration names %s, where nothing is mounted, and the exporter would not start. A relative path begins at /etc/sales-exporter/config, which contains only config.yaml. Mount the file with extraVolumes and extraVolumeMounts, or correct the path" $file) }}
{{- end }}
{{- end }}
{{- end }}

{{/* The name of a credential does not say how it is used, but for HubSpot, where a token is enough. */}}
{{- define "sales-exporter.checkCredentials" -}}
{{- $config := include "sales-exporter.config" . }}
{{- if not (.Values.config).sources }}
{{- range $name, $_ := include "sales-exporter.credentials" . | fromJson }}
{{- $folder := printf "/etc/sales-exporter/credentials/%s/" $name }}
{{- if not (contains $folder $config) }}
{{- fail (printf "credentials.%s is set, but config.sources is empty: no source would use it. Add a source to config.sources that names its files in %s" $name $folder) }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{- define "sales-exporter.checkCredentialFiles" -}}
{{- $credentials := include "sales-exporter.credentials" . | fromJson }}
{{- range $path := include "sales-exporter.filesIn" (list . "/etc/sales-exporter/credentials/") | fromJsonArray }}
{{- $parts := trimPrefix "/etc/sales-exporter/credentials/" $path | splitn "/" 2 }}
{{- $name := $parts._0 }}{{ $file := default "" $parts._1 }}
{{- if not (hasKey $credentials $name) }}
{{- fail (printf "the configuration names %s, but there is no credentials.%s (there is: %s), and the exporter would not start. Name the Secret in credentials.%s.existingSecret, or correct the path" $path $name (keys $credentials | sortAlpha | join ", " | default "none") $name) }}
{{- end }}
{{- if not $file }}
{{- fail (printf "the configuration names %s, which is a folder: add the name of a file in it, which is a key of the Secret" $path) }}
{{- end }}
{{- $files := include "sales-exporter.credentialKeys" (list $name (get $credentials $name)) | fromYaml }}
{{- if and $files (not (hasKey $files $file)) }}
{{- fail (printf "the configuration names %s, but of credentials.%s only these files are mounted: %s. Correct the path, or add %q to credentials.%s.keys, with the key of the Secret that holds it" $path $name (keys $files | sortAlpha | join ", ") $file $name) }}
{{- end }}
{{- end }}
{{- end }}

{{/* Files of targets that are in the values. */}}
{{- define "sales-exporter.checkTargets" -}}
{{- $existing := or .Values.existingConfigMap .Values.existingConfigSecret }}
{{- with .Values.targets }}
{{- if and .files (not .existingConfigMap) }}
{{- fail "targets.files is set without targets.existingConfigMap: the files do not exist. Name the ConfigMap that contains them" }}
{{- end }}
{{- if and .files $existing }}
{{- fail (printf "targets.files cannot be added to the existing configuration %s: remove it, and add the files to targets_files there, as /etc/sales-exporter/targets/%s" $existing (first .files)) }}
{{- end }}
{{- end }}
{{- end }}

{{/* Files of targets that are in the configuration. */}}
{{- define "sales-exporter.checkTargetsFiles" -}}
{{- $paths := include "sales-exporter.filesIn" (list . "/etc/sales-exporter/targets/") | fromJsonArray }}
{{- $existing := (.Values.targets).existingConfigMap }}
{{- if and $existing (not $paths) }}
{{- fail (printf "targets.existingConfigMap is %s, but no file of it is named: its targets would not be read. Name its keys in targets.files" $existing) }}
{{- end }}
{{- if and $paths (not $existing) }}
{{- fail (printf "the configuration names %s, but targets.existingConfigMap is not set: the file would not exist, and the exporter would not start. Name the ConfigMap that contains it" (first $paths)) }}
{{- end }}
{{- end }}
