{{/* What is not wrong, but what who installs the chart should know. Each warning begins with an empty line. */}}
{{- define "sales-exporter.warnings" -}}
{{- $fullname := include "sales-exporter.fullname" . }}
{{- $namespace := include "sales-exporter.namespace" . }}
{{- $existing := or .Values.existingConfigMap .Values.existingConfigSecret }}
{{- if eq (int .Values.replicaCount) 0 }}

WARNING: it is paused, because replicaCount is 0. Nothing is polled and nothing is served.
{{- if .Values.prometheusRule.enabled }}
SalesExporterAbsent pages after 15 minutes: silence it for as long.
{{- end }}
{{- end }}
{{- if include "sales-exporter.demo" . }}

WARNING: these numbers are SIMULATED. No CRM is configured, so two are made up. To read your HubSpot instead, put the
token of a service key or private app into a file named "token", and with Helm 3.14 or later:

   kubectl --namespace {{ $namespace }} create secret generic hubspot --from-file=token
   helm --namespace {{ .Release.Namespace }} upgrade {{ .Release.Name }} CHART --reset-then-reuse-values \
     --set credentials.hubspot.existingSecret=hubspot

where CHART is what you gave to "helm install". For Salesforce and spreadsheets, see the values config and credentials.
{{- end }}
{{- if $existing }}

NOTE: the configuration is your own, {{ $existing }}. Its mirror must be in /data, the only folder that is writable
and kept: mirror: {sqlite: {path: /data/mirror.db}}
{{- $boards := or .Values.dashboards.enabled .Values.dashboards.grafanaOperator.enabled }}
{{- if and $boards (not .Values.dashboards.currency) }}

WARNING: the boards are for USD, since the chart cannot look into {{ $existing }}. In any other currency they
stay empty: set dashboards.currency, and dashboards.fiscalYearStartMonth where years do not begin in January.
{{- end }}
{{- end }}
{{- if not .Values.mirror.persistence.enabled }}

WARNING: the mirror is not kept. Each new pod reads the CRM completely once more, at the cost of its API allowance, and
has no numbers until then. mirror.persistence.enabled=true keeps it on a volume.
{{- end }}
{{- if and .Values.webConfig.existingSecret (contains "httpGet" (include "sales-exporter.probes" .)) }}

WARNING: if the web configuration asks for passwords or client certificates, it asks the probes, too, and Kubernetes
would restart the pod for ever. Then give the three probes a check of their own, such as: tcpSocket: {port: http-metrics}
{{- end }}
{{- $ingress := .Values.networkPolicy.ingress }}
{{- if and .Values.networkPolicy.enabled (not (or $ingress.namespaceSelector $ingress.podSelector)) }}

NOTE: the network policy lets pods of every namespace read the numbers. networkPolicy.ingress.namespaceSelector narrows
that to the one of your Prometheus.
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

WARNING: {{ $name }} is enabled, but there is no {{ $kind }}: this cluster does not know the resource. Install the
operator that brings it, then upgrade this release.
{{- end }}
{{- end }}
{{- end }}
