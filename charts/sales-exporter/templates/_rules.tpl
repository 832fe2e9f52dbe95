{{/* The groups of the product's PrometheusRule as JSON, {"groups": […]}, as values change them. Prometheus' templates in
them are left alone: nothing here goes through tpl. */}}
{{- define "sales-exporter.rules" -}}
{{- $values := include "sales-exporter.withoutNulls" .Values.prometheusRule | fromYaml }}
{{- include "sales-exporter.rules.checkTemplates" $values }}
{{- $groups := list }}
{{- $product := (include "sales-exporter.rules.product" . | fromJson).groups }}
{{- include "sales-exporter.rules.checkOverrides" (list $values.overrides $product) }}
{{- range $group := $product }}
{{- $rules := list }}
{{- range $rule := ternary $group.rules list (index $values.groups $group.name).enabled }}
{{- $rules = concat $rules (include "sales-exporter.rules.changed" (list $values $rule) | fromJsonArray) }}
{{- end }}
{{- with $rules }}
{{- $groups = append $groups (dict "name" $group.name "rules" .) }}
{{- end }}
{{- end }}
{{- include "sales-exporter.rules.checkBands" $groups }}
{{- dict "groups" $groups | toJson }}
{{- end }}

{{/* The user's own rules in the same form. */}}
{{- define "sales-exporter.rules.additional" -}}
{{- $values := include "sales-exporter.withoutNulls" .Values.prometheusRule | fromYaml }}
{{- $rules := list }}
{{- range $rule := $values.additionalRules }}
{{- if $rule.alert }}
{{- $_ := set $rule "labels" (mergeOverwrite (dict) (default dict $values.extraLabels) (default dict $rule.labels)) }}
{{- end }}
{{- $rules = append $rules $rule }}
{{- end }}
{{- dict "groups" (ternary (list (dict "name" "additional" "rules" $rules)) list (gt (len $rules) 0)) | toJson }}
{{- end }}

{{/* The product's groups as JSON, with the thresholds in their places. A place that stayed open would be an expression
that Prometheus refuses, and with it every rule of the object. */}}
{{- define "sales-exporter.rules.product" -}}
{{- $groups := list }}
{{- range $path, $_ := .Files.Glob "files/rules/*.rules.yaml" }}
{{- $text := $.Files.Get $path }}
{{- range $name, $value := $.Values.prometheusRule.thresholds }}
{{- $text = replace (printf "${%s}" $name) (toJson $value | trimAll "\"") $text }}
{{- end }}
{{- with regexFind "\\$\\{\\w+\\}" $text }}
{{- fail (printf "prometheusRule.thresholds.%s is missing, but the rules require it: set a number, or remove your change" (. | trimPrefix "${" | trimSuffix "}")) }}
{{- end }}
{{- $groups = concat $groups (fromYaml $text).groups }}
{{- end }}
{{- dict "groups" $groups | toJson }}
{{- end }}

{{/* A rule of the product as values change it, as a JSON array: (list $values $rule). The array is empty where the
alert is disabled. */}}
{{- define "sales-exporter.rules.changed" -}}
{{- $values := index . 0 }}{{ $rule := index . 1 }}
{{- $override := dig "overrides" (default "" $rule.alert) dict $values }}
{{- $band := default dict (get $override (dig "labels" "severity" "" $rule)) }}
{{- $change := mergeOverwrite (omit $override "warning" "critical" | deepCopy) $band }}
{{- if not $rule.alert }}
{{- list $rule | toJson }}
{{- else if dig "enabled" true $change }}
{{- with $change.expr }}
{{- $_ := set $rule "expr" . }}
{{- end }}
{{- range $field, $key := dict "for" "for" "keep_firing_for" "keepFiringFor" }}
{{- if hasKey $change $key }}
{{- $time := get $change $key | toString }}
{{- $_ := set $rule $field $time }}
{{- if regexMatch "^(0[a-z]*)?$" $time }}
{{- $_ := unset $rule $field }}
{{- end }}
{{- end }}
{{- end }}
{{- $_ := mergeOverwrite $rule.labels (default dict $values.extraLabels) (default dict $change.labels) (pick $change "severity") }}
{{- $links := include "sales-exporter.rules.links" (list $values $rule) | fromJson }}
{{- $_ := mergeOverwrite $rule.annotations $links (default dict $change.annotations) }}
{{- list $rule | toJson }}
{{- else }}
{{- list | toJson }}
{{- end }}
{{- end }}

{{/* An alert's links, where values say where runbooks and boards are: (list $values $rule). */}}
{{- define "sales-exporter.rules.links" -}}
{{- $values := index . 0 }}{{ $rule := index . 1 }}
{{- $links := dict }}
{{- with $values.runbookUrl }}
{{- $_ := set $links "runbook_url" (printf "%s/%s.md" (trimSuffix "/" .) $rule.alert) }}
{{- end }}
{{- if and $values.grafanaUrl (hasPrefix "/d/" $rule.annotations.dashboard_url) }}
{{- $_ := set $links "dashboard_url" (print (trimSuffix "/" $values.grafanaUrl) $rule.annotations.dashboard_url) }}
{{- end }}
{{- toJson $links }}
{{- end }}
