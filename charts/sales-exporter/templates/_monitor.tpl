{{/* Metadata of what the Prometheus operator reads: (list . $section), where the section holds namespace, labels and
annotations. The chart's labels are there whether or not users add some. */}}
{{- define "sales-exporter.monitor.metadata" -}}
{{- $root := index . 0 }}{{ $section := index . 1 }}
metadata:
  name: {{ include "sales-exporter.fullname" $root }}
  namespace: {{ default (include "sales-exporter.namespace" $root) $section.namespace | quote }}
  labels:
    {{- include "sales-exporter.labels" (list $root $section.labels) | nindent 4 }}
  {{- with include "sales-exporter.annotations" (list $root $section.annotations) }}
  {{- trim . | nindent 2 }}
  {{- end }}
{{- end }}

{{/* What both monitors say of a target: (list . "serviceMonitor" $labels), with the labels of the object that jobLabel
is looked up in. The namespace is named in every case: a monitor may live in another one than the exporter. */}}
{{- define "sales-exporter.monitor.target" -}}
{{- $root := index . 0 }}{{ $name := index . 1 }}{{ $labels := index . 2 }}
{{- $monitor := get $root.Values $name }}
{{- with $monitor.jobLabel }}
{{- if not (hasKey $labels .) }}
{{- fail (printf "%s.jobLabel: there is no label %q, and the operator would fall back to another name without a word; jobLabel is the name of a label, not its value: one of %s" $name . (keys $labels | sortAlpha | join ", ")) }}
{{- end }}
{{- end }}
{{- include "sales-exporter.monitor.filled" (list $monitor
  "jobLabel" "targetLabels" "podTargetLabels" "sampleLimit" "labelLimit" "scrapeProtocols") }}
selector:
  matchLabels:
    {{- include "sales-exporter.selectorLabels" $root | nindent 4 }}
namespaceSelector:
  matchNames: [{{ include "sales-exporter.namespace" $root | quote }}]
{{- end }}

{{/* The endpoint of a monitor: (list . "serviceMonitor"). */}}
{{- define "sales-exporter.monitor.endpoint" -}}
{{- $root := index . 0 }}{{ $name := index . 1 }}
{{- $monitor := get $root.Values $name }}
{{- $scheme := default (ternary "https" "http" $root.Values.webConfig.tls) $monitor.scheme }}
{{- if and $monitor.authorization $monitor.basicAuth }}
{{- fail (printf "%s: authorization and basicAuth are both set, but a scrape sends one credential only: remove one of them" $name) }}
{{- end }}
{{- if and (eq $scheme "http") (or $monitor.authorization $monitor.basicAuth) }}
{{- fail (printf "%s: a credential is set, but with http everybody on the way could read it: serve HTTPS with webConfig.existingSecret and webConfig.tls, or set %s.scheme to https" $name $name) }}
{{- end }}
- port: http-metrics
  path: /metrics
  scheme: {{ $scheme }}
  honorLabels: {{ $monitor.honorLabels }}
  {{- include "sales-exporter.monitor.filled" (list $monitor
    "interval" "scrapeTimeout" "tlsConfig" "authorization" "basicAuth" "relabelings" "metricRelabelings") | nindent 2 }}
{{- end }}

{{/* The fields of a monitor that hold something: (list $monitor "interval" …). What is empty is left to the operator's
own defaults. */}}
{{- define "sales-exporter.monitor.filled" -}}
{{- $filled := dict }}
{{- range $key := rest . }}
{{- with get (first $) $key }}
{{- $_ := set $filled $key . }}
{{- end }}
{{- end }}
{{- with $filled }}
{{- toYaml . }}
{{- end }}
{{- end }}
