{{/* A value with the templates in it filled in and without its nulls, as JSON: (list . $value). Each text is filled in
by itself: in a dump of the whole value, quotes of YAML would end up in templates, and what templates give would be read
as YAML. A text stays a text, and a null means that something is not to be there. */}}
{{- define "sales-exporter.filled" -}}
{{- $root := index . 0 }}{{ $value := index . 1 }}
{{- if kindIs "map" $value }}
{{- $members := list }}
{{- range $key, $member := $value }}
{{- if not (kindIs "invalid" $member) }}
{{- $name := include "sales-exporter.filled" (list $root $key) }}
{{- $members = append $members (printf "%s:%s" $name (include "sales-exporter.filled" (list $root $member))) }}
{{- end }}
{{- end }}
{{- printf "{%s}" (join "," $members) }}
{{- else if kindIs "slice" $value }}
{{- $items := list }}
{{- range $item := $value }}
{{- $items = append $items (include "sales-exporter.filled" (list $root $item)) }}
{{- end }}
{{- printf "[%s]" (join "," $items) }}
{{- else if and (typeIs "string" $value) (contains "{{" $value) }}
{{- tpl $value $root | toJson }}
{{- else }}
{{- toJson $value }}
{{- end }}
{{- end }}

{{/* Labels or annotations of several mappings, filled in, as JSON: (list . $first $second …). The later one wins, and
its null, too. */}}
{{- define "sales-exporter.layered" -}}
{{- $layered := dict }}
{{- range $mapping := rest . }}
{{- range $key, $text := $mapping }}
{{- $_ := set $layered $key $text }}
{{- end }}
{{- end }}
{{- include "sales-exporter.filled" (list (first .) $layered) }}
{{- end }}

{{/* A mapping of Kubernetes without its nulls, as YAML. Templates in it are none of ours. */}}
{{- define "sales-exporter.withoutNulls" -}}
{{- $copy := deepCopy . }}
{{- include "sales-exporter.dropNulls" $copy }}
{{- toYaml $copy }}
{{- end }}

{{- define "sales-exporter.dropNulls" -}}
{{- range $key, $value := . }}
{{- if and (kindIs "invalid" $value) (kindIs "map" $) }}
{{- $_ := unset $ $key }}
{{- else if or (kindIs "map" $value) (kindIs "slice" $value) }}
{{- include "sales-exporter.dropNulls" $value }}
{{- end }}
{{- end }}
{{- end }}
