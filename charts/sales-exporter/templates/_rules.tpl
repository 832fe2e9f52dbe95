{{/* The groups of the PrometheusRule as JSON, {"groups": […]}: the product's as changed by values, then the user's
own rules. Prometheus' templates in them are left alone: nothing here goes through tpl. */}}
{{- define "sales-exporter.rules" -}}
{{- $values := .Values.prometheusRule }}
{{- $groups := list }}
{{- $product := (include "sales-exporter.rules.product" . | fromJson).groups }}
{{- include "sales-exporter.rules.check" (list $values.overrides $product) }}
{{- range $group := $product }}
{{- $rules := list }}
{{- range $rule := ternary $group.rules list (index $values.groups $group.name).enabled }}
{{- $rules = concat $rules (include "sales-exporter.rules.changed" (list $values $rule) | fromJsonArray) }}
{{- end }}
{{- with $rules }}
{{- $groups = append $groups (dict "name" $group.name "rules" .) }}
{{- end }}
{{- end }}
{{- $additional := list }}
{{- range $rule := deepCopy $values.additionalRules }}
{{- if $rule.alert }}
{{- $_ := set $rule "labels" (mergeOverwrite (dict) $values.extraLabels (default dict $rule.labels)) }}
{{- end }}
{{- $additional = append $additional $rule }}
{{- end }}
{{- with $additional }}
{{- $groups = append $groups (dict "name" "additional" "rules" .) }}
{{- end }}
{{- dict "groups" $groups | toJson }}
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
{{- fail (printf "prometheusRule.thresholds.%s is missing, and the rules cannot do without: set a number, or drop your change" (. | trimPrefix "${" | trimSuffix "}")) }}
{{- end }}
{{- $groups = concat $groups (fromYaml $text).groups }}
{{- end }}
{{- dict "groups" $groups | toJson }}
{{- end }}

{{/* Refuses overrides that would do nothing, or would make two bands of an alert the same: (list $overrides $groups). */}}
{{- define "sales-exporter.rules.check" -}}
{{- $bands := dict }}
{{- range $group := index . 1 }}
{{- range $rule := $group.rules }}
{{- if $rule.alert }}
{{- $_ := set $bands $rule.alert (append (default list (get $bands $rule.alert)) $rule.labels.severity) }}
{{- end }}
{{- end }}
{{- end }}
{{- range $alert, $change := index . 0 }}
{{- if not (hasKey $bands $alert) }}
{{- fail (printf "prometheusRule.overrides.%s: there is no such alert, only %s" $alert (keys $bands | sortAlpha | join ", ")) }}
{{- end }}
{{- $severities := get $bands $alert }}
{{- range $key := list "warning" "critical" }}
{{- if and (hasKey $change $key) (or (eq (len $severities) 1) (not (has $key $severities))) }}
{{- fail (printf "prometheusRule.overrides.%s.%s: the alert does not come in two bands: move what is in %s one level up" $alert $key $key) }}
{{- end }}
{{- end }}
{{- range $key := list "severity" "expr" }}
{{- if and (hasKey $change $key) (gt (len $severities) 1) }}
{{- fail (printf "prometheusRule.overrides.%s.%s: the alert comes in two bands, which would become the same: set it under %s" $alert $key (join " or " $severities)) }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{/* A rule of the product as values change it, as a JSON array: (list $values $rule). The array is empty where the
alert is disabled. */}}
{{- define "sales-exporter.rules.changed" -}}
{{- $values := index . 0 }}{{ $rule := index . 1 }}
{{- $override := default dict (get $values.overrides (default "" $rule.alert)) }}
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
{{- $_ := mergeOverwrite $rule.labels $values.extraLabels (default dict $change.labels) (pick $change "severity") }}
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
