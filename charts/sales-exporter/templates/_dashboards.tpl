{{/* The boards to create, as a JSON array of their names. A name that no board has is a mistake that nobody would
notice, for the other boards are there. */}}
{{- define "sales-exporter.dashboards.boards" -}}
{{- $all := list }}
{{- range $path, $_ := .Files.Glob "files/dashboards/*.json" }}
{{- $all = append $all (base $path | trimSuffix ".json") }}
{{- end }}
{{- range $key := list "include" "exclude" }}
{{- range $board := get $.Values.dashboards $key }}
{{- if not (has $board $all) }}
{{- fail (printf "dashboards.%s: there is no board %q, only %s" $key $board (join ", " $all)) }}
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
  name: {{ include "sales-exporter.dashboards.name" (list $root $board) }}
  namespace: {{ default (include "sales-exporter.namespace" $root) $dashboards.namespace | quote }}
  labels:
    {{- include "sales-exporter.labels" (list $root (merge $more $dashboards.labels)) | nindent 4 }}
{{- end }}

{{/* Name of a board's resources: (list . $board). Where it is too long the front is cut, for boards differ at the end;
the checksum keeps releases apart whose names differ in what was cut. */}}
{{- define "sales-exporter.dashboards.name" -}}
{{- $board := index . 1 }}
{{- $release := include "sales-exporter.fullname" (index . 0) }}
{{- if gt (len (printf "%s-%s" $release $board)) 63 }}
{{- $checksum := sha256sum $release | trunc 8 }}
{{- $release = printf "%s-%s" (trunc (sub 53 (len $board) | int) $release | trimSuffix "-") $checksum }}
{{- end }}
{{- printf "%s-%s" $release $board }}
{{- end }}

{{/* The text of a board: (list . $board). The files are for USD and calendar years, and Grafana's units take no
variable: what depends on the currency and the fiscal year stands in three places. */}}
{{- define "sales-exporter.dashboards.json" -}}
{{- $root := index . 0 }}
{{- $dashboards := $root.Values.dashboards }}{{ $config := $root.Values.config }}
{{- $currency := tpl (default (default "USD" $config.currency) $dashboards.currency) $root }}
{{- $unit := default (include "sales-exporter.dashboards.unit" $currency) $dashboards.currencyUnit }}
{{- $month := tpl (default (default 1 $config.fiscal_year_start_month) $dashboards.fiscalYearStartMonth | toString) $root }}
{{- $root.Files.Get (printf "files/dashboards/%s.json" (index . 1))
  | replace "\"unit\": \"currencyUSD\"" (printf "\"unit\": %s" (toJson $unit))
  | replace "\"regex\": \"/^USD$/\"" (printf "\"regex\": %s" (printf "/^%s$/" $currency | toJson))
  | replace "\"fiscalYearStartMonth\": 0," (printf "\"fiscalYearStartMonth\": %d," (sub (int $month) 1)) }}
{{- end }}

{{/* Grafana's unit of a currency. Currencies that it has no unit of its own for are shown with their code. */}}
{{- define "sales-exporter.dashboards.unit" -}}
{{- $builtin := splitList " " "USD GBP EUR JPY RUB UAH BRL DKK ISK NOK SEK CZK CHF PLN ZAR INR KRW IDR PHP VND" }}
{{- ternary "currency" "currency:" (has . $builtin) }}{{ . }}
{{- end }}
