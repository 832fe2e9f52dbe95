# The build stage holds the Go toolchain; the final stage one static binary, CA certificates and busybox, whose wget and
# sh serve the health check and the one-shot jobs of docker-compose.yml.
# Go builds for any other platform on the one it runs on; emulating a compiler would take many times as long.
FROM --platform=$BUILDPLATFORM golang:1.26.8-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=dev
ARG REVISION=unknown
ARG BRANCH=unknown
ARG BUILDDATE=unknown
ARG TARGETOS
ARG TARGETARCH
RUN CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH go build -trimpath -buildvcs=false \
      -ldflags "-s -w -X github.com/prometheus/common/version.Version=${VERSION} -X github.com/prometheus/common/version.Revision=${REVISION} -X github.com/prometheus/common/version.Branch=${BRANCH} -X github.com/prometheus/common/version.BuildDate=${BUILDDATE} -X github.com/prometheus/common/version.BuildUser=docker" \
      -o /out/sales_exporter ./cmd/sales_exporter \
 && mkdir -p /out/data

FROM busybox:1.37.0
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /out/sales_exporter /bin/sales_exporter
# A named volume that is mounted here for the first time takes over this owner, so that the exporter can write to it.
COPY --from=build --chown=65532:65532 /out/data /data
# A checkout under umask 077 would make it a file that the user below cannot read.
COPY --chmod=644 config.example.yaml /config.yaml
USER 65532:65532
WORKDIR /
EXPOSE 10574
VOLUME ["/data"]
ENTRYPOINT ["/bin/sales_exporter"]
CMD ["--config.file=/config.yaml"]
