{{/* Name of the application, the same for every release. */}}
{{- define "sales-exporter.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{/* Name of the release's resources. 63 characters are what a label and a DNS name may have. */}}
{{- define "sales-exporter.fullname" -}}
{{- $name := default .Chart.Name .Values.nameOverride }}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" }}
{{- else if contains $name .Release.Name }}
{{- .Release.Name | trunc 63 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name $name | trunc 63 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{/* Namespace of the release's resources. */}}
{{- define "sales-exporter.namespace" -}}
{{- default .Release.Namespace .Values.namespaceOverride }}
{{- end }}

{{/* Labels by which Service, monitors and policies find the pod. A Deployment's selector cannot be changed, so neither
the chart's version nor anything that users set may stand here. Quoted, for a release may be called 2026. */}}
{{- define "sales-exporter.selectorLabels" -}}
app.kubernetes.io/name: {{ include "sales-exporter.name" . | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end }}

{{/* Labels of a resource: (list . $more) adds labels of its own. The chart's win, for selectors depend on them. */}}
{{- define "sales-exporter.labels" -}}
{{- $root := index . 0 }}
{{- $own := dict
  "helm.sh/chart" (printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-")
  "app.kubernetes.io/version" (default $root.Chart.AppVersion $root.Values.image.tag | trunc 63 | trimSuffix "-")
  "app.kubernetes.io/managed-by" $root.Release.Service }}
{{- $selector := include "sales-exporter.selectorLabels" $root | fromYaml }}
{{- $more := tpl (toYaml (index . 1)) $root | fromYaml }}
{{- $common := tpl (toYaml $root.Values.commonLabels) $root | fromYaml }}
{{- merge $selector $own $more $common | toYaml }}
{{- end }}

{{/* The block "annotations" of a resource, empty where there are none: (list . $more) adds annotations of its own. */}}
{{- define "sales-exporter.annotations" -}}
{{- $root := index . 0 }}
{{- $more := tpl (toYaml (index . 1)) $root | fromYaml }}
{{- $common := tpl (toYaml $root.Values.commonAnnotations) $root | fromYaml }}
{{- with merge $more $common }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* Whether a custom resource is rendered: (list . $section "monitoring.coreos.com/v1" "ServiceMonitor"), where the
section holds enabled and renderMode. Empty means no. */}}
{{- define "sales-exporter.rendered" -}}
{{- $root := index . 0 }}{{ $section := index . 1 }}{{ $api := index . 2 }}{{ $kind := index . 3 }}
{{- if $section.enabled }}
{{- if or (eq $section.renderMode "alwaysRender") ($root.Capabilities.APIVersions.Has (printf "%s/%s" $api $kind)) }}
{{- true }}
{{- else if eq $section.renderMode "failIfMissing" }}
{{- fail (printf "the cluster does not know %s of %s: install the operator that brings it, or set renderMode to skipIfMissing, or to alwaysRender for \"helm template\"" $kind $api) }}
{{- end }}
{{- end }}
{{- end }}

{{/* Name of the service account. */}}
{{- define "sales-exporter.serviceAccountName" -}}
{{- if .Values.serviceAccount.create }}
{{- default (include "sales-exporter.fullname" .) .Values.serviceAccount.name }}
{{- else }}
{{- default "default" .Values.serviceAccount.name }}
{{- end }}
{{- end }}

{{/* The image: a digest wins over a tag. */}}
{{- define "sales-exporter.image" -}}
{{- $registry := default .Values.image.registry .Values.global.imageRegistry }}
{{- $repository := ternary (printf "%s/%s" $registry .Values.image.repository) .Values.image.repository (ne $registry "") }}
{{- if .Values.image.digest }}
{{- printf "%s@%s" $repository .Values.image.digest }}
{{- else }}
{{- printf "%s:%s" $repository (default .Chart.AppVersion .Values.image.tag) }}
{{- end }}
{{- end }}
