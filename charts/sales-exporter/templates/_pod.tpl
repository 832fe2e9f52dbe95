{{/* A probe: (list . $values "/-/healthy"). Whatever Kubernetes knows may stand in the values; what is asked is the
exporter's own endpoint, unless they ask otherwise. */}}
{{- define "sales-exporter.probe" -}}
{{- $root := index . 0 }}
{{- $probe := omit (include "sales-exporter.withoutNulls" (index . 1) | fromYaml) "enabled" }}
{{- if not (or $probe.exec $probe.tcpSocket $probe.grpc) }}
{{- $scheme := ternary "HTTPS" "HTTP" $root.Values.webConfig.tls }}
{{- $probe = merge $probe (dict "httpGet" (dict "path" (index . 2) "port" "http-metrics" "scheme" $scheme)) }}
{{- end }}
{{- toYaml $probe }}
{{- end }}

{{/* The probes of the container that are enabled. */}}
{{- define "sales-exporter.probes" -}}
{{- $paths := dict "startupProbe" "/-/healthy" "livenessProbe" "/-/healthy" "readinessProbe" "/-/ready" }}
{{- range $name := list "startupProbe" "livenessProbe" "readinessProbe" }}
{{- $probe := index $.Values $name }}
{{- if $probe.enabled }}
{{ $name }}:
  {{- include "sales-exporter.probe" (list $ $probe (get $paths $name)) | nindent 2 }}
{{- end }}
{{- end }}
{{- end }}

{{/* The memory that Go may take before it collects more often than it would: nine tenths of the container's limit, in
bytes. SQLite's memory is not Go's and needs the rest. Empty where there is no limit, or one that is written in a way
that is not understood here. */}}
{{- define "sales-exporter.goMemoryLimit" -}}
{{- $limit := ((.Values.resources).limits).memory }}
{{- $text := kindIs "float64" $limit | ternary (printf "%.0f" $limit) (toString $limit) }}
{{- $units := dict "" 1 "k" 1000 "M" 1000000 "G" 1000000000 "Ki" 1024 "Mi" 1048576 "Gi" 1073741824 }}
{{- $number := regexFind "^[0-9]+([.][0-9]+)?" $text }}
{{- $unit := trimPrefix $number $text }}
{{- if and $number (hasKey $units $unit) }}
{{- mulf $number (get $units $unit) 0.9 | floor | int64 }}
{{- end }}
{{- end }}

{{/* Environment variables of the container, empty where there are none. A limit that users set themselves stays. */}}
{{- define "sales-exporter.env" -}}
{{- $names := list }}
{{- range .Values.extraEnv }}
{{- $names = append $names .name }}
{{- end }}
{{- $limit := include "sales-exporter.goMemoryLimit" . }}
{{- if and $limit (not (has "GOMEMLIMIT" $names)) }}
- name: GOMEMLIMIT
  value: {{ $limit | quote }}
{{- end }}
{{- with .Values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* Pull secrets of the pod, empty where there are none. Charts differ in how they are written: a text is the name. */}}
{{- define "sales-exporter.imagePullSecrets" -}}
{{- $secrets := list }}
{{- range concat (default list (.Values.global).imagePullSecrets) (default list .Values.imagePullSecrets) }}
{{- $secrets = append $secrets (kindIs "string" . | ternary (dict "name" .) .) }}
{{- end }}
{{- with uniq $secrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* Which files a credential has, and from which keys of its Secret: (list $name $credential). Empty is all keys. */}}
{{- define "sales-exporter.credentialKeys" -}}
{{- $default := ternary (dict "token" "token") dict (eq (index . 0) "hubspot") }}
{{- default $default (index . 1).keys | toYaml }}
{{- end }}

{{/* Volumes of the pod. Folders are mounted whole, never single files: those would not follow a change of the ConfigMap
or Secret behind them. Secrets are readable for the group alone, which is the pod's fsGroup. */}}
{{- define "sales-exporter.volumes" -}}
- name: config
{{- if .Values.existingConfigSecret }}
  secret:
    secretName: {{ .Values.existingConfigSecret | quote }}
    defaultMode: 0440
{{- else }}
  configMap:
    name: {{ .Values.existingConfigMap | default (include "sales-exporter.fullname" .) | quote }}
{{- end }}
- name: data
{{- with .Values.mirror.persistence }}
{{- if .enabled }}
  persistentVolumeClaim:
    claimName: {{ .existingClaim | default (include "sales-exporter.fullname" $) | quote }}
{{- else }}
  emptyDir: {}
{{- end }}
{{- end }}
# SQLite sorts here, and spreadsheets are unpacked here.
- name: tmp
  emptyDir:
    sizeLimit: 512Mi
{{- range $name, $credential := include "sales-exporter.credentials" . | fromJson }}
- name: credentials-{{ $name }}
  secret:
    secretName: {{ $credential.existingSecret | quote }}
    defaultMode: 0440
    {{- with include "sales-exporter.credentialKeys" (list $name $credential) | fromYaml }}
    items:
      {{- range $file, $key := . }}
      - key: {{ $key | quote }}
        path: {{ $file | quote }}
      {{- end }}
    {{- end }}
{{- end }}
{{- with (.Values.targets).existingConfigMap }}
- name: targets
  configMap:
    name: {{ . | quote }}
{{- end }}
{{- with .Values.webConfig.existingSecret }}
- name: web
  secret:
    secretName: {{ . | quote }}
    defaultMode: 0440
{{- end }}
{{- with .Values.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* Where the volumes are in the exporter's container. */}}
{{- define "sales-exporter.volumeMounts" -}}
- name: config
  mountPath: /etc/sales-exporter/config
  readOnly: true
- name: data
  mountPath: /data
- name: tmp
  mountPath: /tmp
{{- range $name, $_ := include "sales-exporter.credentials" . | fromJson }}
- name: credentials-{{ $name }}
  mountPath: /etc/sales-exporter/credentials/{{ $name }}
  readOnly: true
{{- end }}
{{- if (.Values.targets).existingConfigMap }}
- name: targets
  mountPath: /etc/sales-exporter/targets
  readOnly: true
{{- end }}
{{- if .Values.webConfig.existingSecret }}
- name: web
  mountPath: /etc/sales-exporter/web
  readOnly: true
{{- end }}
{{- with .Values.extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end }}
