"""What generated manifests are made of: a small mesh, and the names and numbers that fit into it."""

from __future__ import annotations

from typing import Any

BASE = """
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: v1
kind: Namespace
metadata: {name: data}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec:
  selector: {app: web}
  ports: [{name: http, port: 80, targetPort: 8080}, {name: grpc, port: 9090}, {name: https, port: 443}]
---
apiVersion: v1
kind: Service
metadata: {name: api, namespace: shop}
spec:
  selector: {app: api}
  ports: [{name: http, port: 80, targetPort: 8080}, {name: tcp, port: 5432}, {name: auto, port: 7000}]
---
apiVersion: v1
kind: Service
metadata: {name: db, namespace: data}
spec:
  selector: {app: db}
  ports: [{name: tcp, port: 5432}, {name: tls, port: 443}]
---
apiVersion: v1
kind: Service
metadata: {name: cache, namespace: data}
spec:
  clusterIP: None
  selector: {app: db}
  ports: [{name: tcp, port: 6379}, {name: http, port: 8080}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web, version: v1}}
    spec: {containers: [{name: web, ports: [{name: http, containerPort: 8080}]}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: api, namespace: shop}
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api, version: v2}}
    spec: {containers: [{name: api}]}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: data}
spec:
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db, version: v1}}
    spec: {containers: [{name: db}]}
"""

PROXIES = ("web-0.shop", "api-0.shop", "db-0.data")
NAMESPACES = ("shop", "data", "istio-system")

HOSTS = (
    "web",
    "api.shop.svc.cluster.local",
    "db.data.svc.cluster.local",
    "cache.data.svc.cluster.local",
    "one.example.com",
    "two.example.com",
)
WILDCARDS = ("*.example.com", "*.shop.svc.cluster.local")
REGEXES = ("/a.*", "[a-z]+", "v[12]")
HEADERS = ("x-user", "end-user", "cookie")

BY_FIELD: dict[str, tuple[Any, ...]] = {
    "Destination.host": HOSTS,
    "Destination.subset": ("", "v1", "v2"),
    "DestinationRuleSpec.host": (*HOSTS, *WILDCARDS),
    "Distribute.from": ("region1", "region1/zone1", "*"),
    "Failover.from": ("region1",),
    "Failover.to": ("region2",),
    "HTTPBody.string": ("no", ""),
    "HTTPCookie.name": ("session",),
    "HTTPFaultAbort.grpcStatus": ("UNAVAILABLE", "OK"),
    "HTTPRedirect.redirectCode": (301, 302, 307),
    "HTTPRedirect.scheme": ("http", "https"),
    "HTTPRetry.attempts": (1, 3),
    "HTTPRetry.retryOn": ("5xx", "503,reset", "connect-failure,retriable-status-codes"),
    "HTTPMatchRequest.gateways": ("mesh",),
    "L4MatchAttributes.gateways": ("mesh",),
    "TLSMatchAttributes.gateways": ("mesh",),
    "IstioEgressListener.hosts": ("./*", "*/*", "data/*", "shop/api.shop.svc.cluster.local", "*/*.example.com", "~/*"),
    "IstioIngressListener.defaultEndpoint": ("127.0.0.1:8080", "0.0.0.0:9000", "unix:///var/run/app", ""),
    "IstioIngressListener.bind": ("", "0.0.0.0"),
    "IstioEgressListener.bind": ("", "127.0.0.1"),
    "JWTRule.issuer": ("issuer@example.com", "https://issuer.example.com"),
    "JWTRule.jwks": ('{"keys":[{"kty":"RSA","kid":"a","n":"AQAB","e":"AQAB"}]}',),
    "JWTRule.jwksUri": ("https://issuer.example.com/keys",),
    "MagLev.tableSize": (1009, 65537),
    "Operation.methods": ("GET", "POST"),
    "Operation.hosts": ("one.example.com", "*.example.com"),
    "Operation.paths": ("/api", "/api/*", "*/end", "/{*}/x", "/a/{**}"),
    "RegexRewrite.match": REGEXES,
    "Condition.key": ("request.headers[x-user]", "source.ip", "source.namespace", "destination.port", "connection.sni"),
    "Condition.values": ("10.0.0.1", "80", "10.0.0.0/8"),
    "Condition.notValues": ("10.0.0.1", "443"),
    "ServicePort.protocol": ("HTTP", "TCP", "GRPC", "HTTPS", "TLS", "HTTP2", "MONGO", ""),
    "SidecarPort.protocol": ("HTTP", "TCP", "GRPC", "TLS", "HTTP2"),
    "ServiceEntrySpec.hosts": ("one.example.com", "two.example.com", "*.example.com"),
    "ServiceEntrySpec.addresses": ("10.9.0.1", "10.9.0.2", "10.8.0.0/16"),
    "ServiceEntrySpec.subjectAltNames": ("spiffe://cluster.local/ns/shop/sa/x",),
    "Source.principals": ("cluster.local/ns/shop/sa/web", "*", "cluster.local/*"),
    "Source.namespaces": ("shop", "data", "s*"),
    "Source.serviceAccounts": ("shop/web", "db"),
    "Source.requestPrincipals": ("issuer/*", "*"),
    "TunnelSettings.protocol": ("CONNECT", "POST"),
    "TunnelSettings.targetHost": ("one.example.com", "10.9.0.1"),
    "VirtualServiceSpec.hosts": (*HOSTS, *WILDCARDS),
    "WorkloadEntrySpec.address": ("10.7.0.1", "10.7.0.2", "one.example.com", "10.7.0.3"),
    "WorkloadEntrySpec.ports": ("http", "tcp"),
    "CorsPolicy.allowMethods": ("GET", "POST"),
    "ClaimToHeader.header": ("x-claim",),
}
"""Class and field of a text or number -> what it may be."""

BY_NAME: dict[str, tuple[Any, ...]] = {
    "number": (80, 443, 5432, 7000, 8080, 9090),
    "port": (80, 443, 5432, 8080),
    "targetPort": (8080, 9000),
    "ports": ("80", "8080", "5432"),
    "exact": ("/", "/api", "v1", "jason"),
    "prefix": ("/", "/api", "v"),
    "regex": REGEXES,
    "uri": ("/", "/new"),
    "authority": ("one.example.com", "web"),
    "subset": ("v1", "v2"),
    "sniHosts": (*HOSTS, *WILDCARDS),
    "destinationSubnets": ("10.0.0.0/8", "10.9.0.1"),
    "httpHeaderName": HEADERS,
    "ipBlocks": ("10.0.0.0/8", "10.9.0.1", "fd00::/8"),
    "remoteIpBlocks": ("192.0.2.0/24",),
    "locality": ("region1/zone1", "region2"),
    "network": ("", "net1"),
    "weight": (0, 1, 50, 100),
    "status": (200, 503),
    "httpStatus": (400, 503),
    "mirrorPercent": (0, 50, 100),
    "value": ("v1", "v2"),
    "allowHeaders": HEADERS,
    "exposeHeaders": HEADERS,
    "remove": HEADERS,
    "trustDomains": ("cluster.local", "old*"),
    "failoverPriority": ("app", "topology.kubernetes.io/zone"),
}
"""Field of a text or number -> what it may be, whatever the class."""

KEYS: dict[str, tuple[str, ...]] = {
    "labels": ("app", "version"),
    "match_labels": ("app", "version"),
    "source_labels": ("app", "version"),
    "headers": HEADERS,
    "without_headers": HEADERS,
    "query_params": ("debug", "page"),
    "set": HEADERS,
    "add": HEADERS,
    "port_level_mtls": ("8080", "5432"),
    "to": ("region1/*", "region2/zone1"),
    "ports": ("http", "tcp"),
}
"""Attribute of a map -> its keys."""

LABELS = ("web", "api", "db", "v1", "v2")
"""Values of labels."""
