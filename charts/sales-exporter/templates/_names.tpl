{{/* Name of a resource of which a release has several: (list . "sales-overview"). Where it is too long the front is cut,
for the parts differ at the end; the checksum keeps releases apart whose names differ in what was cut. */}}
{{- define "sales-exporter.partName" -}}
{{- $part := index . 1 }}
{{- $release := include "sales-exporter.fullname" (index . 0) }}
{{- if gt (len (printf "%s-%s" $release $part)) 63 }}
{{- $checksum := sha256sum $release | trunc 8 }}
{{- $release = printf "%s-%s" (trunc (sub 53 (len $part) | int) $release | trimSuffix "-") $checksum }}
{{- end }}
{{- printf "%s-%s" $release $part }}
{{- end }}
