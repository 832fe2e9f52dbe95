{{/* Whether there is a pod for "helm test". Behind a web configuration there is none: it has no password and no
certificate. Empty means no. */}}
{{- define "sales-exporter.tested" -}}
{{- if and (.Values.tests).enabled (not .Values.webConfig.existingSecret) }}
{{- true }}
{{- end }}
{{- end }}

{{/* Labels by which the network policy finds the pod of "helm test". They must differ from the exporter's selector, or
the Service would send scrapes to a pod that has no metrics. */}}
{{- define "sales-exporter.testLabels" -}}
app.kubernetes.io/name: {{ include "sales-exporter.name" . | trunc 58 | trimSuffix "-" }}-test
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end }}
