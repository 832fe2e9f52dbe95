{{/* Refuses templates of Helm in what Prometheus reads: the chart leaves braces there alone, and Prometheus would put an
error into the label. */}}
{{- define "sales-exporter.rules.checkTemplates" -}}
{{- range $key := list "extraLabels" "overrides" "additionalRules" }}
{{- with get $ $key | toJson | regexFind "\\{\\{([^}]*[^\\w.)}])?\\.(Release|Values|Chart)\\b[^}]*\\}\\}" }}
{{- fail (printf "prometheusRule.%s: %s is a template of Helm, but braces in rules are templates of Prometheus, which does not have it: write its value instead" $key .) }}
{{- end }}
{{- end }}
{{- end }}

{{/* Refuses overrides that would do nothing, or would make two bands of an alert the same: (list $overrides $groups). */}}
{{- define "sales-exporter.rules.checkOverrides" -}}
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
{{- fail (printf "prometheusRule.overrides.%s.%s: the alert does not have two bands: move the content of %s one level up" $alert $key $key) }}
{{- end }}
{{- end }}
{{- range $key := list "severity" "expr" }}
{{- if and (hasKey $change $key) (gt (len $severities) 1) }}
{{- fail (printf "prometheusRule.overrides.%s.%s: the alert has two bands, which would become equal: set it under %s" $alert $key (join " or " $severities)) }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{/* Refuses bands of an alert that nobody could tell apart, in the groups as they are rendered. Two alerts with the same
labels are one to Alertmanager, which each of the two would then open and close in turn. */}}
{{- define "sales-exporter.rules.checkBands" -}}
{{- $bands := dict }}
{{- range $group := . }}
{{- range $rule := $group.rules }}
{{- with $rule.alert }}
{{- $others := default list (get $bands .) }}
{{- if has $rule.labels $others }}
{{- fail (printf "prometheusRule.overrides.%s: both bands have the labels %s, and Prometheus and Alertmanager would treat them as one alert: give one of them another severity, or disable it" . (toJson $rule.labels)) }}
{{- end }}
{{- $_ := set $bands . (append $others $rule.labels) }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{/* Alerts that would be critical before they warn, a sentence each, as a JSON array. Not refused: thresholds are often
changed one by one. */}}
{{- define "sales-exporter.rules.disorder" -}}
{{- $thresholds := .Values.prometheusRule.thresholds }}
{{- $bands := dict }}
{{- range $group := (include "sales-exporter.rules" . | fromJson).groups }}
{{- range $rule := $group.rules }}
{{- with $rule.alert }}
{{- $_ := set $bands . (append (default list (get $bands .)) $rule.labels.severity) }}
{{- end }}
{{- end }}
{{- end }}
{{- $sentences := list }}
{{- range $order := list
  (list "SalesRevenueBehindPace" "paceCritical" "paceWarning")
  (list "SalesRevenueBehindPace" "paceCriticalTrailing" "paceWarningTrailing")
  (list "SalesRevenueBehindPace" "paceWarningElapsed" "paceCriticalElapsed")
  (list "SalesAPIQuotaLow" "quotaCritical" "quotaWarning")
  (list "SalesDataStale" "staleWarning" "staleCritical") }}
{{- $alert := index $order 0 }}{{ $low := index $order 1 }}{{ $high := index $order 2 }}
{{- if and (gt (len (default list (get $bands $alert))) 1) (gt (get $thresholds $low | float64) (get $thresholds $high | float64)) }}
{{- $sentences = append $sentences (printf "%s would be critical before it warns: %s %v is more than %s %v" $alert $low (get $thresholds $low) $high (get $thresholds $high)) }}
{{- end }}
{{- end }}
{{- toJson $sentences }}
{{- end }}
