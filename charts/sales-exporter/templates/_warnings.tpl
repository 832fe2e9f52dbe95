{{/* Warnings that are shown after an installation. Each begins with an empty line. */}}
{{- define "sales-exporter.warnings" -}}
{{- $fullname := include "sales-exporter.fullname" . }}
{{- $namespace := include "sales-exporter.namespace" . }}
{{- $existing := or .Values.existingConfigMap .Values.existingConfigSecret }}
{{- if eq (int .Values.replicaCount) 0 }}

WARNING: the exporter is paused, because replicaCount is 0. It polls no CRM and serves no metrics.
{{- if .Values.prometheusRule.enabled }}
SalesExporterAbsent pages after 15 minutes: silence the alert during the pause.
{{- end }}
{{- end }}
{{- if include "sales-exporter.demo" . }}

WARNING: these numbers are SIMULATED. No CRM is configured, so the exporter simulates two. To read your HubSpot account
instead, put the token of a service key or private app into a file named "token", and run with Helm 3.14 or later:

   kubectl --namespace {{ $namespace }} create secret generic hubspot --from-file=token
   helm --namespace {{ .Release.Namespace }} upgrade {{ .Release.Name }} CHART --reset-then-reuse-values \
     --set credentials.hubspot.existingSecret=hubspot

where CHART is the chart of your "helm install". For Salesforce and spreadsheets, see the values config and credentials.
{{- end }}
{{- if $existing }}

NOTE: the configuration is {{ $existing }}. The path of its mirror must be in /data, the only writable folder that is
kept: mirror: {sqlite: {path: /data/mirror.db}}
{{- $boards := or .Values.dashboards.enabled .Values.dashboards.grafanaOperator.enabled }}
{{- if and $boards (not .Values.dashboards.currency) }}

WARNING: the dashboards are for USD, because the chart cannot read {{ $existing }}. For any other currency they are
empty: set dashboards.currency, and dashboards.fiscalYearStartMonth if fiscal years do not begin in January.
{{- end }}
{{- end }}
{{- if not .Values.mirror.persistence.enabled }}

WARNING: the mirror is not kept. Each new pod runs a full sync, which uses the API quota of the CRM, and has no numbers
until it is complete. mirror.persistence.enabled=true stores the mirror on a volume.
{{- end }}
{{- if and .Values.webConfig.existingSecret (contains "httpGet" (include "sales-exporter.probes" .)) }}

WARNING: probes send no passwords or client certificates. If the web configuration requires them, Kubernetes restarts the
pod again and again. Then set another check for the three probes, such as: tcpSocket: {port: http-metrics}
{{- end }}
{{- $ingress := .Values.networkPolicy.ingress }}
{{- if and .Values.networkPolicy.enabled (not (or $ingress.namespaceSelector $ingress.podSelector)) }}

NOTE: the network policy allows pods of every namespace to read the numbers. Set networkPolicy.ingress.namespaceSelector to
allow only the namespace of your Prometheus.
{{- end }}
{{- if .Values.prometheusRule.enabled }}
{{- range include "sales-exporter.rules.disorder" . | fromJsonArray }}

WARNING: {{ . }}, in prometheusRule.thresholds.
{{- end }}
{{- end }}
{{- $grafana := .Values.dashboards.grafanaOperator }}
{{- range $resource := list
  (list "serviceMonitor" .Values.serviceMonitor "monitoring.coreos.com/v1" "ServiceMonitor")
  (list "podMonitor" .Values.podMonitor "monitoring.coreos.com/v1" "PodMonitor")
  (list "prometheusRule" .Values.prometheusRule "monitoring.coreos.com/v1" "PrometheusRule")
  (list "dashboards.grafanaOperator" $grafana "grafana.integreatly.org/v1beta1" "GrafanaDashboard") }}
{{- $name := index $resource 0 }}{{ $section := index $resource 1 }}{{ $kind := index $resource 3 }}
{{- if and $section.enabled (not (include "sales-exporter.rendered" (prepend (rest $resource) $))) }}

WARNING: {{ $name }} is enabled, but there is no {{ $kind }}: this cluster does not have the resource kind.
Install the operator that provides it, then upgrade this release.
{{- end }}
{{- end }}
{{- end }}
