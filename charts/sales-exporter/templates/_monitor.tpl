{{/* Metadata of what the Prometheus operator reads: (list . $section $name), where the section holds namespace, labels and
annotations. The chart's labels are there whether or not users add some. */}}
{{- define "sales-exporter.monitor.metadata" -}}
{{- $root := index . 0 }}{{ $section := index . 1 }}{{ $name := index . 2 }}
metadata:
  name: {{ $name | quote }}
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
{{- fail (printf "%s.jobLabel: there is no label %q, and the operator would silently use another name; jobLabel is the name of a label, not its value: one of %s" $name . (keys $labels | sortAlpha | join ", ")) }}
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

{{/* The endpoint of a monitor: (list . "serviceMonitor"). The operator's own label endpoint goes: it is the name of the
port, and would push aside the label endpoint of sales_exporter_api_requests_total. */}}
{{- define "sales-exporter.monitor.endpoint" -}}
{{- $root := index . 0 }}{{ $name := index . 1 }}
{{- $monitor := get $root.Values $name }}
{{- include "sales-exporter.monitor.times" (list $monitor $name) }}
{{- $scheme := default (ternary "https" "http" $root.Values.webConfig.tls) $monitor.scheme }}
{{- if and $monitor.authorization $monitor.basicAuth }}
{{- fail (printf "%s: authorization and basicAuth are both set, but a scrape sends one credential only: remove one of them" $name) }}
{{- end }}
{{- if and (eq $scheme "http") (or $monitor.authorization $monitor.basicAuth) }}
{{- fail (printf "%s: a credential is set, but with http everybody on the network path could read it: serve HTTPS with webConfig.existingSecret and webConfig.tls, or set %s.scheme to https" $name $name) }}
{{- end }}
- port: http-metrics
  path: /metrics
  scheme: {{ $scheme }}
  honorLabels: {{ $monitor.honorLabels }}
  relabelings:
    {{- prepend (default list $monitor.relabelings) (dict "action" "labeldrop" "regex" "endpoint") | toYaml | nindent 4 }}
  {{- include "sales-exporter.monitor.filled" (list $monitor
    "interval" "scrapeTimeout" "tlsConfig" "authorization" "basicAuth" "metricRelabelings") | nindent 2 }}
{{- end }}

{{/* Refuses times at which there would be no series, or series with gaps: (list $monitor "serviceMonitor"). */}}
{{- define "sales-exporter.monitor.times" -}}
{{- $monitor := index . 0 }}{{ $name := index . 1 }}
{{- with $monitor.interval }}
{{- $interval := include "sales-exporter.milliseconds" . | int64 }}
{{- if gt (include "sales-exporter.milliseconds" $monitor.scrapeTimeout | int64) $interval }}
{{- fail (printf "%s: scrapeTimeout %s is longer than interval %s, and the operator would silently ignore the monitor: lower scrapeTimeout or raise interval" $name $monitor.scrapeTimeout .) }}
{{- end }}
{{- if gt $interval 240000 }}
{{- fail (printf "%s.interval: with %s between two scrapes series would have gaps, because the lookback of Prometheus is five minutes: set at most 4m; scrapes cause no calls to the CRM" $name .) }}
{{- end }}
{{- end }}
{{- end }}

{{/* A duration of Prometheus in milliseconds, such as 90000 for 1m30s. */}}
{{- define "sales-exporter.milliseconds" -}}
{{- $units := dict "ms" 1 "s" 1000 "m" 60000 "h" 3600000 "d" 86400000 "w" 604800000 "y" 31536000000 }}
{{- $sum := 0 }}
{{- range regexFindAll "[0-9]+[a-z]+" (default "" .) -1 }}
{{- $sum = add $sum (mul (regexFind "[0-9]+" . | atoi) (get $units (regexFind "[a-z]+" .))) }}
{{- end }}
{{- $sum }}
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
