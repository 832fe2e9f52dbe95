{{/* Name of the application, the same for every release. */}}
{{- define "sales-exporter.name" -}}
{{- default .Chart.Name .Values.nameOverride | lower | trunc 63 | trimAll "-" }}
{{- end }}

{{/* Name of the release's resources, the Service among them: small letters, digits and hyphens, a letter first. Names
of releases may have dots and begin with a digit, and a dependency's alias may have capitals. */}}
{{- define "sales-exporter.fullname" -}}
{{- $chart := default .Chart.Name .Values.nameOverride | lower | replace "." "-" }}
{{- $release := .Release.Name | lower | replace "." "-" }}
{{- $name := ternary $release (printf "%s-%s" $release $chart) (contains $chart $release) }}
{{- $name = default $name .Values.fullnameOverride | trunc 63 | trimAll "-" }}
{{- if not (regexMatch "^[a-z]([-a-z0-9]*[a-z0-9])?$" $name) }}
{{- fail (printf "the name %q cannot be that of a Service, which begins with a letter and has only lower-case letters, digits and hyphens: set fullnameOverride to a valid name" $name) }}
{{- end }}
{{- $name }}
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
{{- $root := first . }}
{{- $own := merge (include "sales-exporter.selectorLabels" $root | fromYaml) (dict
  "helm.sh/chart" (printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_" | trunc 63 | trimAll "-_.")
  "app.kubernetes.io/version" (default $root.Chart.AppVersion $root.Values.image.tag | trunc 63 | trimAll "-_.")
  "app.kubernetes.io/managed-by" $root.Release.Service) }}
{{- $layers := concat (list $root $root.Values.commonLabels) (rest .) (list $own) }}
{{- include "sales-exporter.layered" $layers | fromJson | toYaml }}
{{- end }}

{{/* The block "annotations" of a resource, empty where there are none: (list . $more) adds annotations of its own, the
last of which win. */}}
{{- define "sales-exporter.annotations" -}}
{{- $root := first . }}
{{- with include "sales-exporter.layered" (concat (list $root $root.Values.commonAnnotations) (rest .)) | fromJson }}
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
{{- fail (printf "the cluster does not know %s of %s: install the operator that provides it, or set renderMode to skipIfMissing, or to alwaysRender for \"helm template\"" $kind $api) }}
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
{{- $image := .Values.image.repository }}
{{- with (.Values.global).imageRegistry | default .Values.image.registry }}
{{- $image = printf "%s/%s" . $image }}
{{- end }}
{{- if .Values.image.digest }}
{{- printf "%s@%s" $image .Values.image.digest }}
{{- else }}
{{- printf "%s:%s" $image (default .Chart.AppVersion .Values.image.tag) }}
{{- end }}
{{- end }}
