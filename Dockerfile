# The build stage holds the Go toolchain, the final stage nothing but one static binary and CA certificates.
FROM golang:1.26.8-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=dev
ARG REVISION=unknown
RUN CGO_ENABLED=0 go build -trimpath -buildvcs=false \
      -ldflags "-s -w -X github.com/prometheus/common/version.Version=${VERSION} -X github.com/prometheus/common/version.Revision=${REVISION}" \
      -o /out/sales_exporter ./cmd/sales_exporter \
 && mkdir -p /out/data

FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=build /out/sales_exporter /bin/sales_exporter
COPY --from=build --chown=65532:65532 /out/data /data
COPY config.example.yaml /config.yaml
USER 65532:65532
WORKDIR /
EXPOSE 10574
VOLUME ["/data"]
ENTRYPOINT ["/bin/sales_exporter"]
CMD ["--config.file=/config.yaml"]
