{{/* The boards to create, as a JSON array of their names. A name that no board has is a mistake that nobody would
notice, for the other boards are there. */}}
{{- define "sales-exporter.dashboards.boards" -}}
{{- $all := list }}
{{- range $path, $_ := .Files.Glob "files/dashboards/*.json" }}
{{- $all = append $all (base $path | trimSuffix ".json") }}
{{- end }}
{{- range $key := list "include" "exclude" }}
{{- range $board := index $.Values.dashboards $key }}
{{- if not (has $board $all) }}
{{- fail (printf "dashboards.%s: there is no dashboard %q, only %s" $key $board (join ", " $all)) }}
{{- end }}
{{- end }}
{{- end }}
{{- $boards := list }}
{{- range $board := default $all .Values.dashboards.include }}
{{- if not (has $board $.Values.dashboards.exclude) }}
{{- $boards = append $boards $board }}
{{- end }}
{{- end }}
{{- toJson $boards }}
{{- end }}

{{/* Metadata of a board's resources: (list . $board $moreLabels). */}}
{{- define "sales-exporter.dashboards.metadata" -}}
{{- $root := index . 0 }}{{ $board := index . 1 }}{{ $more := index . 2 }}
{{- $dashboards := $root.Values.dashboards }}
metadata:
  name: {{ include "sales-exporter.partName" (list $root $board) | quote }}
  namespace: {{ default (include "sales-exporter.namespace" $root) $dashboards.namespace | quote }}
  labels:
    {{- include "sales-exporter.labels" (list $root $dashboards.labels $more) | nindent 4 }}
{{- end }}

{{/* The text of a board: (list . $board). The files are for USD and calendar years, and Grafana's units take no
variable: what depends on the currency and the fiscal year stands in three places. */}}
{{- define "sales-exporter.dashboards.json" -}}
{{- $root := index . 0 }}
{{- $currency := include "sales-exporter.dashboards.currency" $root }}
{{- $unit := default (include "sales-exporter.dashboards.unit" $currency) $root.Values.dashboards.currencyUnit }}
{{- $month := include "sales-exporter.dashboards.month" $root }}
{{- $root.Files.Get (printf "files/dashboards/%s.json" (index . 1))
  | replace "\"currencyUSD\"" (toJson $unit)
  | replace "\"regex\": \"/^USD$/\"" (printf "\"regex\": %s" (printf "/^%s$/" $currency | toJson))
  | replace "\"fiscalYearStartMonth\": 0," (printf "\"fiscalYearStartMonth\": %d," (sub (int $month) 1)) }}
{{- end }}

{{/* Currency of the boards. They ask for the exporter's, and would be empty in another. */}}
{{- define "sales-exporter.dashboards.currency" -}}
{{- $exporters := tpl (dig "currency" "" (default dict .Values.config) | default "") . }}
{{- $boards := default $exporters .Values.dashboards.currency }}
{{- if and $exporters (ne $boards $exporters) }}
{{- fail (printf "dashboards.currency is %s and config.currency is %s, and the dashboards would be empty: remove dashboards.currency" $boards $exporters) }}
{{- end }}
{{- default "USD" $boards }}
{{- end }}

{{/* First month of the boards' fiscal year, 1 to 12. It is the exporter's, or their numbers would be of two years. */}}
{{- define "sales-exporter.dashboards.month" -}}
{{- $exporters := include "sales-exporter.dashboards.monthOf" (list . (dig "fiscal_year_start_month" nil (default dict .Values.config))) }}
{{- $boards := include "sales-exporter.dashboards.monthOf" (list . .Values.dashboards.fiscalYearStartMonth) }}
{{- if and $exporters $boards (ne $exporters $boards) }}
{{- fail (printf "dashboards.fiscalYearStartMonth is %s and config.fiscal_year_start_month is %s, and the dashboards would show other years than the exporter: remove dashboards.fiscalYearStartMonth" $boards $exporters) }}
{{- end }}
{{- $exporters | default $boards | default "1" }}
{{- end }}

{{/* A month as the exporter understands it: " 4" and "04" are April. Empty where there is none: (list . $month). */}}
{{- define "sales-exporter.dashboards.monthOf" -}}
{{- if not (kindIs "invalid" (index . 1)) }}
{{- $text := tpl (index . 1 | toString) (index . 0) | trim }}
{{- $number := float64 $text }}
{{- if or (lt $number 1.0) (gt $number 12.0) (ne $number (floor $number)) }}
{{- fail (printf "config.fiscal_year_start_month: there is no month %q: use a number from 1 to 12" $text) }}
{{- end }}
{{- $number }}
{{- end }}
{{- end }}

{{/* Grafana's unit of a currency. Currencies that it has no unit of its own for are shown with their code. */}}
{{- define "sales-exporter.dashboards.unit" -}}
{{- $builtin := splitList " " "USD GBP EUR JPY RUB UAH BRL DKK ISK NOK SEK CZK CHF PLN ZAR INR KRW IDR PHP VND" }}
{{- ternary "currency" "currency:" (has . $builtin) }}{{ . }}
{{- end }}
