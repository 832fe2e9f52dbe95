{{/* Mistakes that would be noticed too late: by a CRM's API allowance, by a drain that hangs, by a number that is
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
{{- fail (printf "replicaCount is %d: each replica polls the CRM by itself, spends its API allowance once more and serves the same numbers a second time. Set it to 1, or to 0 to pause" (int .Values.replicaCount)) }}
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
{{- fail (printf "%s are set, and the exporter reads one configuration: keep one of them" (join " and " $given)) }}
{{- end }}
{{- end }}

{{- define "sales-exporter.checkClaim" -}}
{{- with .Values.mirror.persistence }}
{{- if and .existingClaim (not .enabled) }}
{{- fail (printf "mirror.persistence.existingClaim is %s, but mirror.persistence.enabled is false: the mirror would not be on it, and be lost with the pod. Set mirror.persistence.enabled to true, or remove the claim" .existingClaim) }}
{{- end }}
{{- end }}
{{- end }}

{{- define "sales-exporter.checkTLS" -}}
{{- if and .Values.webConfig.tls (not .Values.webConfig.existingSecret) }}
{{- fail "webConfig.tls is true without webConfig.existingSecret: the exporter would serve plain HTTP, the probes would ask for HTTPS, and Kubernetes would restart the pod for ever. Name the Secret with the web configuration, or set webConfig.tls to false" }}
{{- end }}
{{- end }}

{{/* A ConfigMap can be read by everybody who may look into the namespace. Messages must not repeat what was found: they
end up in the logs of pipelines. */}}
{{- define "sales-exporter.checkSecrets" -}}
{{- $secrets := dict
  "a URL with a password" "://[^/\\s\"@]*:[^/\\s\"@]+@"
  "a token of HubSpot" "(?i)pat-[a-z0-9]+-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
  "a private key" "PRIVATE KEY-----" }}
{{- range $key, $part := include "sales-exporter.config" . | fromYaml }}
{{- range $what, $pattern := $secrets }}
{{- if regexMatch $pattern (toJson $part) }}
{{- fail (printf "config.%s holds %s: the configuration is a ConfigMap, which everybody who may look into the namespace can read. Put the secret into a Secret that credentials names, and the path of its file here; then replace the secret, for Helm and your shell may have kept it" $key $what) }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{/* Manifests are no better a place for a token than a ConfigMap. Names are all that may stand there. */}}
{{- define "sales-exporter.checkEnvironment" -}}
{{- range $key := list "extraEnv" "extraArgs" "podAnnotations" }}
{{- if regexMatch "(?i)pat-[a-z0-9]+-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}" (index $.Values $key | toJson) }}
{{- fail (printf "%s holds a token of HubSpot, which everybody who may look into the namespace could read there. Put it into a Secret that credentials names; then replace the token, for Helm and your shell may have kept it" $key) }}
{{- end }}
{{- end }}
{{- end }}

{{- define "sales-exporter.checkMirror" -}}
{{- $path := (include "sales-exporter.config" . | fromYaml).mirror.sqlite.path }}
{{- if not (hasPrefix "/data/" (clean $path)) }}
{{- fail (printf "config.mirror.sqlite.path is %s: only /data can be written to and kept. Leave it out, or name a file in /data" $path) }}
{{- end }}
{{- end }}

{{/* What Kubernetes would refuse, or take for the chart's own. */}}
{{- define "sales-exporter.checkAdditions" -}}
{{- $names := list }}
{{- range include "sales-exporter.volumes" . | fromYamlArray }}
{{- if has .name $names }}
{{- fail (printf "extraVolumes: there is a volume %q already, and Kubernetes would refuse a second one. Give yours another name" .name) }}
{{- end }}
{{- $names = append $names .name }}
{{- end }}
{{- $paths := list }}
{{- range include "sales-exporter.volumeMounts" . | fromYamlArray }}
{{- $path := clean .mountPath }}
{{- if has $path $paths }}
{{- fail (printf "extraVolumeMounts: there is a mount at %s already, and Kubernetes would refuse a second one. Mount yours somewhere else" $path) }}
{{- end }}
{{- $paths = append $paths $path }}
{{- end }}
{{- range $field := list "sidecars" "initContainers" }}
{{- range index $.Values $field }}
{{- if eq (toString .name) "sales-exporter" }}
{{- fail (printf "%s: \"sales-exporter\" is the name of the exporter's own container, and Kubernetes would refuse a second one. Give yours another name" $field) }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
