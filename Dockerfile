# The program alone: no shell, no packages, no root.
#
#   docker build --build-arg VERSION=v1.2.3 -t proviso .
#   docker run --rm -v "$PWD:/work" --user "$(id -u):$(id -g)" -e PROVISO_SMTP proviso status
#
# /work is the folder with proviso.yaml and content/. What must outlive the
# container is in it too: .proviso/ has the ledger, its keys and the publish log.
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=(devel)
RUN CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags "-s -w -buildid= -X 'main.released=${VERSION}'" -o /out/proviso ./cmd/proviso
RUN mkdir -m 1777 /out/tmp && mkdir /out/work && chown 65532:65532 /out/work

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /out/ /
USER 65532:65532
WORKDIR /work
ENTRYPOINT ["/proviso"]
