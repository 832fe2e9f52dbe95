{{/* Errors that would otherwise be noticed too late: by a used up API quota, by a drain that hangs, by a number that is
missing. Each message says what is wrong, why, and what to do. */}}
{{- define "sales-exporter.checks" -}}
{{- include "sales-exporter.checkReplicas" . }}
{{- include "sales-exporter.checkConfiguration" . }}
{{- include "sales-exporter.checkClaim" . }}
{{- include "sales-exporter.checkTLS" . }}
{{- include "sales-exporter.checkTargets" . }}
{{- if not (or .Values.existingConfigMap .Values.existingConfigSecret) }}
{{- include "sales-exporter.checkSecrets" . }}
{{- include "sales-exporter.checkMirror" . }}
{{- include "sales-exporter.checkCredentials" . }}
{{- include "sales-exporter.checkCredentialFiles" . }}
{{- include "sales-exporter.checkTargetsFiles" . }}
{{- include "sales-exporter.checkFiles" . }}
{{- end }}
{{- include "sales-exporter.checkEnvironment" . }}
{{- include "sales-exporter.checkAdditions" . }}
{{- end }}

{{- define "sales-exporter.checkReplicas" -}}
{{- if gt (int .Values.replicaCount) 1 }}
{{- fail (printf "replicaCount is %d: each replica polls the CRM by itself, uses its API quota once more and serves the same numbers again. Set it to 1, or to 0 to pause" (int .Values.replicaCount)) }}
{{- end }}
{{- end }}

{{- define "sales-exporter.checkConfiguration" -}}
{{- $given := list }}
{{- range list "config" "existingConfigMap" "existingConfigSecret" }}
{{- if index $.Values . }}
{{- $given = append $given . }}
{{- end }}
{{- end }}
{{- if gt (len $given) 1 }}
{{- fail (printf "%s are set, but the exporter reads one configuration: keep one of them" (join " and " $given)) }}
{{- end }}
{{- end }}

{{- define "sales-exporter.checkClaim" -}}
{{- with .Values.mirror.persistence }}
{{- if and .existingClaim (not .enabled) }}
{{- fail (printf "mirror.persistence.existingClaim is %s, but mirror.persistence.enabled is false: the mirror would not be on the claim, and would be lost with the pod. Set mirror.persistence.enabled to true, or remove the claim" .existingClaim) }}
{{- end }}
{{- end }}
{{- end }}

{{- define "sales-exporter.checkTLS" -}}
{{- if and .Values.webConfig.tls (not .Values.webConfig.existingSecret) }}
{{- fail "webConfig.tls is true without webConfig.existingSecret: the exporter would serve plain HTTP, the probes would use HTTPS, and Kubernetes would restart the pod again and again. Name the Secret with the web configuration, or set webConfig.tls to false" }}
{{- end }}
{{- end }}

{{/* Everybody with read access to the namespace can read a ConfigMap. Messages must not contain the secret, because they are
written to the logs of pipelines. */}}
{{- define "sales-exporter.checkSecrets" -}}
{{- $secrets := dict
  "a URL with a password" "://[^/\\s\"@]*:[^/\\s\"@]+@"
  "a token of HubSpot" "(?i)pat-[a-z0-9]+-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
  "a private key" "PRIVATE KEY-----" }}
{{- range $key, $part := include "sales-exporter.config" . | fromYaml }}
{{- range $what, $pattern := $secrets }}
{{- if regexMatch $pattern (toJson $part) }}
{{- fail (printf "config.%s holds %s: the configuration is a ConfigMap, and everybody with read access to the namespace can read it. Put the secret into a Secret, name it in credentials, and set the path of its file here; then rotate the secret, because Helm and your shell may have stored it" $key $what) }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{/* A token in a manifest is as readable as in a ConfigMap. A manifest may contain names of Secrets only. */}}
{{- define "sales-exporter.checkEnvironment" -}}
{{- range $key := list "extraEnv" "extraArgs" "podAnnotations" }}
{{- if regexMatch "(?i)pat-[a-z0-9]+-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}" (index $.Values $key | toJson) }}
{{- fail (printf "%s holds a token of HubSpot, and everybody with read access to the namespace could read it. Put it into a Secret and name it in credentials; then rotate the token, because Helm and your shell may have stored it" $key) }}
{{- end }}
{{- end }}
{{- end }}

{{- define "sales-exporter.checkMirror" -}}
{{- $path := (include "sales-exporter.config" . | fromYaml).mirror.sqlite.path }}
{{- if not (hasPrefix "/data/" (clean $path)) }}
{{- fail (printf "config.mirror.sqlite.path is %s: only /data can be written to and is kept. Leave it out, or set a file in /data" $path) }}
{{- end }}
{{- end }}

{{/* Names that Kubernetes would reject, or that are the chart's own. */}}
{{- define "sales-exporter.checkAdditions" -}}
{{- $names := list }}
{{- range include "sales-exporter.volumes" . | fromYamlArray }}
{{- if has .name $names }}
{{- fail (printf "extraVolumes: there is a volume %q already, and Kubernetes would reject a second one. Give yours another name" .name) }}
{{- end }}
{{- $names = append $names .name }}
{{- end }}
{{- $paths := list }}
{{- range include "sales-exporter.volumeMounts" . | fromYamlArray }}
{{- $path := clean .mountPath }}
{{- if has $path $paths }}
{{- fail (printf "extraVolumeMounts: there is a mount at %s already, and Kubernetes would reject a second one. Mount yours somewhere else" $path) }}
{{- end }}
{{- $paths = append $paths $path }}
{{- end }}
{{- range $field := list "sidecars" "initContainers" }}
{{- range index $.Values $field }}
{{- if eq (toString .name) "sales-exporter" }}
{{- fail (printf "%s: \"sales-exporter\" is the name of the exporter's own container, and Kubernetes would reject a second one. Give yours another name" $field) }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
