"""The catalogue: every code a finding may carry, with severity, title and the usual way out.

Codes: MC01xx reading files, MC02xx decoding objects, MC03xx assumptions, MC04xx validation as istiod's admission,
MC05xx references and precedence between objects, MC06xx what a proxy gets, MC07xx output. A retired number is never
used again.
"""

from __future__ import annotations

from meshc.frozen import frozen


@frozen
class Rule:
    """An entry of the catalogue. `severity` is the name of a `Severity`."""

    code: str
    severity: str
    title: str
    hint: str = ""


_FIXED = "the document is left out until this is corrected"
_LEFT_OUT = "the object is left out until this is corrected"

_RULES: tuple[Rule, ...] = (
    Rule("MC0101", "ERROR", "file cannot be read", "check the path and its permissions"),
    Rule("MC0102", "ERROR", "nothing at this path", "check the spelling; a pattern must be quoted for the shell"),
    Rule("MC0103", "WARNING", "folder without manifests", "manifests end in .yaml, .yml or .json"),
    Rule("MC0104", "ERROR", "file or line too large", "split the file; spread JSON over lines"),
    Rule("MC0105", "ERROR", "not Unicode", "save the file as UTF-8"),
    Rule(
        "MC0106",
        "ERROR",
        "character that YAML does not allow",
        "save the file as UTF-8 text; write the character as an escape",
    ),
    Rule("MC0107", "ERROR", "not YAML", _FIXED),
    Rule("MC0108", "ERROR", "tab in the indentation", "indent with spaces"),
    Rule("MC0109", "ERROR", "key stands twice", "remove one of them"),
    Rule("MC0110", "ERROR", "alias that cannot be followed", _FIXED),
    Rule("MC0111", "ERROR", "nested too deeply", _FIXED),
    Rule("MC0112", "ERROR", "no counterpart in JSON", _FIXED),
    Rule("MC0113", "WARNING", "document is not a mapping", "a manifest is a mapping with apiVersion and kind"),
    Rule("MC0201", "ERROR", "unknown field"),
    Rule("MC0202", "ERROR", "wrong type", _LEFT_OUT),
    Rule("MC0203", "ERROR", "number out of range", _LEFT_OUT),
    Rule("MC0204", "ERROR", "unknown enum value", _LEFT_OUT),
    Rule("MC0205", "ERROR", "malformed value", _LEFT_OUT),
    Rule("MC0206", "ERROR", "required field is missing", _LEFT_OUT),
    Rule("MC0207", "ERROR", "name that Kubernetes does not allow", _LEFT_OUT),
    Rule("MC0208", "ERROR", "version is not served", _LEFT_OUT),
    Rule("MC0209", "ERROR", "object stands twice", "remove one of them"),
    Rule("MC0210", "WARNING", "object is repeated", "remove one of them"),
    Rule("MC0211", "WARNING", "not a Kubernetes object", "a manifest has apiVersion and kind"),
    Rule("MC0212", "INFO", "foreign kinds"),
    Rule("MC0213", "ERROR", "kind is misspelled", _LEFT_OUT),
    Rule(
        "MC0214",
        "WARNING",
        "kind that meshc does not translate yet",
        "the configuration is what it is without the object",
    ),
    Rule("MC0250", "WARNING", "unknown flag of istiod"),
    Rule("MC0251", "INFO", "variable that is no flag of istiod"),
    Rule("MC0252", "WARNING", "flag that istiod cannot parse", "istiod reads flags as Go does: true, 10, 1.5, 15s"),
    Rule("MC0253", "INFO", "flag without effect on proxies"),
    Rule(
        "MC0254", "ERROR", "proxy configuration in an annotation that cannot be read", "it holds a ProxyConfig as YAML"
    ),
    Rule("MC0255", "WARNING", "port in an annotation that is not a number"),
    Rule("MC0290", "WARNING", "suppression of an unknown code", "the codes are those of findings, as MC0453 or MC06*"),
    Rule("MC0291", "WARNING", "suppression without effect", "remove it"),
    Rule("MC0301", "INFO", "namespace assumed", "write metadata.namespace"),
    Rule("MC0302", "INFO", "name assumed", "write metadata.name"),
    Rule("MC0303", "INFO", "namespace ignored", "remove metadata.namespace"),
)

_RULES += (
    Rule("MC0310", "INFO", "cluster IP assumed", "set spec.clusterIP to fix the address"),
    Rule("MC0311", "INFO", "pod of a workload assumed", "add the Pods to fix names and addresses"),
    Rule("MC0312", "INFO", "status of a pod assumed", "add status.podIP to fix the address"),
    Rule("MC0313", "INFO", "endpoints of a Service assumed", "add its EndpointSlices to fix them"),
    Rule(
        "MC0314",
        "WARNING",
        "Service of a cluster without EndpointSlice",
        "export its EndpointSlices too, or drop metadata.creationTimestamp to have them assumed",
    ),
    Rule(
        "MC0315",
        "WARNING",
        "workload of a cluster without pods",
        "export its Pods too, or drop metadata.creationTimestamp to have them assumed",
    ),
    Rule("MC0550", "WARNING", "selector that selects nothing", "write the labels of the pods"),
    Rule(
        "MC0551", "INFO", "Gateway without proxies", "add the gateway's workload, or leave it to its own installation"
    ),
    Rule("MC0552", "WARNING", "host that the Gateway does not serve", "add it to spec.servers[].hosts of the Gateway"),
    Rule("MC0553", "WARNING", "match for another gateway", "add the gateway to spec.gateways"),
    Rule("MC0554", "WARNING", "host of two Gateways", "serve a host in one Gateway"),
    Rule("MC0555", "WARNING", "certificate of two Gateways", "serve its hosts in one server, or use two certificates"),
    Rule("MC0556", "WARNING", "port of a Gateway that no Service has", "add the port to the Service of the gateway"),
    Rule("MC0557", "WARNING", "namespace that does not exist"),
    Rule("MC0558", "WARNING", "port of a destination left open"),
    Rule("MC0559", "WARNING", "subsets that gateways do not use"),
    Rule("MC0317", "WARNING", "endpoint map names nothing"),
    Rule("MC0560", "WARNING", "endpoint of a pod that does not exist", "add the Pod, or drop the targetRef"),
    Rule("MC0561", "WARNING", "address of a ServiceEntry ignored", "write an IP address or a CIDR"),
    Rule("MC0562", "WARNING", "ServiceEntry displaced by a Service", "give it another host, or select its workloads"),
    Rule("MC0563", "WARNING", "ServiceEntry displaced by an older one", "declare a host once in a namespace"),
    Rule("MC0564", "INFO", "host declared in several namespaces"),
    Rule("MC0565", "WARNING", "Service differs between clusters", "declare the same ports in every cluster"),
    Rule("MC0566", "INFO", "ExternalName without a service", "declare the external host in a ServiceEntry"),
    Rule("MC0567", "INFO", "WorkloadEntry that is not healthy"),
    Rule("MC0568", "INFO", "WorkloadEntry without IP address"),
    Rule("MC0570", "WARNING", "Endpoints not read", "export its EndpointSlice too"),
    Rule("MC0571", "INFO", "EndpointSlice not read"),
    Rule("MC0572", "WARNING", "configuration in a further cluster", "move it to the configuration cluster"),
    Rule("MC0573", "INFO", "WorkloadGroup has no effect on proxies"),
    Rule("MC0574", "INFO", "allocated addresses not used"),
    Rule("MC0575", "WARNING", "endpoints beside a workloadSelector", "declare one of them"),
    Rule("MC0576", "WARNING", "unknown traffic distribution", "PreferClose, PreferSameZone or PreferSameNode"),
    Rule("MC0577", "WARNING", "exportTo contradicts itself", "name namespaces, or * for all, or ~ for none"),
    Rule("MC0578", "INFO", "namespace not discovered", "change the mesh's discoverySelectors or the labels"),
    Rule("MC0579", "INFO", "object of another revision", "change the label istio.io/rev"),
    Rule("MC0580", "WARNING", "network gateway without address", "give the gateway an IP address"),
    Rule(
        "MC0581",
        "WARNING",
        "object that meshc does not apply yet",
        "the configuration is what it is without the object",
    ),
)

_RULES += (
    Rule("MC0401", "ERROR", "duration that istiod refuses", "1ms or more, in whole milliseconds"),
    Rule("MC0402", "ERROR", "port number that is none", "1 to 65535"),
    Rule("MC0403", "ERROR", "name that is no DNS label"),
    Rule("MC0404", "ERROR", "malformed host"),
    Rule("MC0405", "ERROR", "unknown protocol"),
    Rule("MC0406", "ERROR", "malformed label"),
    Rule("MC0407", "ERROR", "empty string match", "leave the condition out to match everything"),
    Rule("MC0408", "ERROR", "header that cannot be used"),
    Rule("MC0409", "ERROR", "malformed header value", "write %% for a per cent sign"),
    Rule("MC0410", "ERROR", "malformed address"),
    Rule("MC0411", "ERROR", "malformed exportTo", "names of namespaces, or . or * alone"),
    Rule("MC0412", "ERROR", "istiod misses something"),
    Rule("MC0413", "ERROR", "fields that exclude each other", "keep one of them"),
    Rule("MC0414", "ERROR", "number that istiod refuses"),
    Rule("MC0415", "ERROR", "entry stands twice", "remove one of them"),
    Rule("MC0416", "ERROR", "value that istiod does not know"),
    Rule("MC0417", "ERROR", "malformed URL"),
    Rule("MC0418", "ERROR", "regular expression that RE2 does not take"),
    Rule("MC0419", "ERROR", "expression that is not CEL"),
    Rule("MC0420", "ERROR", "annotation that istiod refuses", "remove the annotation"),
    Rule("MC0421", "ERROR", "malformed selector"),
    Rule("MC0422", "ERROR", "malformed target reference", "Gateway, GatewayClass, Service or ServiceEntry"),
    Rule("MC0423", "ERROR", "field that istiod does not support", "remove it"),
    Rule("MC0424", "ERROR", "field that does not fit the others"),
    Rule("MC0425", "ERROR", "malformed locality settings"),
    Rule("MC0427", "ERROR", "too much for istiod"),
    Rule("MC0428", "ERROR", "malformed name of a gateway"),
    Rule("MC0429", "ERROR", "malformed key set"),
    Rule("MC0430", "ERROR", "malformed path template", "{*} for a segment, {**} once and last"),
    Rule("MC0431", "ERROR", "malformed identity"),
    Rule("MC0432", "ERROR", "patch value that is no Envoy message"),
    Rule("MC0450", "WARNING", "EnvoyFilter", "prefer Istio's own API where it can say the same"),
    Rule("MC0451", "WARNING", "deprecated"),
    Rule("MC0452", "WARNING", "selector without labels", "leave the selector out to mean all workloads"),
    Rule("MC0453", "WARNING", "TCP port without address", "add addresses, or declare the protocol"),
    Rule("MC0454", "WARNING", "DENY rule that denies all of TCP"),
    Rule("MC0455", "WARNING", "failover without outlier detection", "add outlierDetection to the trafficPolicy"),
    Rule("MC0456", "WARNING", "more than one tracer"),
    Rule("MC0457", "WARNING", "cipher suite or curve ignored"),
    Rule("MC0458", "WARNING", "workloadSelector ignored"),
    Rule("MC0459", "WARNING", "workload without address"),
    Rule("MC0460", "WARNING", "secret in a key set", "publish public keys alone"),
    Rule("MC0461", "WARNING", "egress host ignored", "remove it"),
    Rule("MC0462", "WARNING", "rule that is never used", "put it before the rule that hides it"),
    Rule("MC0463", "WARNING", "match that is never used", "put it before the match that hides it"),
    Rule("MC0464", "WARNING", "old version of TLS without its ciphers", "add cipherSuites, or ask for TLSV1_2"),
    Rule("MC0465", "WARNING", "setting without effect", "remove it"),
    Rule("MC0466", "WARNING", "large direct response"),
    Rule("MC0467", "WARNING", "IP address as SNI", "match by destinationSubnets"),
    Rule("MC0468", "WARNING", "partial wildcard"),
    Rule("MC0469", "WARNING", "old form of a gateway's name"),
    Rule("MC0470", "WARNING", "addresses of several hosts"),
    Rule("MC0471", "WARNING", "HTTP settings of a port without HTTP"),
    Rule("MC0473", "WARNING", "many certificates"),
    Rule("MC0474", "WARNING", "tag without a name"),
    Rule("MC0476", "WARNING", "extension provider that istiod leaves out"),
    Rule("MC0477", "WARNING", "patch value that this Envoy does not know"),
    Rule("MC0480", "ERROR", "more than the schema allows"),
)

_RULES += (
    Rule("MC0501", "WARNING", "delegate does not exist", "a delegate is a VirtualService without hosts"),
    Rule("MC0502", "WARNING", "delegate is not exported", "add the root's namespace to the delegate's spec.exportTo"),
    Rule("MC0503", "WARNING", "route of a delegate contradicts the root", "narrow the delegate's match to the root's"),
    Rule("MC0504", "WARNING", "delegate without a root", "refer to it by spec.http[].delegate, or give it hosts"),
    Rule("MC0505", "WARNING", "delegate of a delegate", "delegate from the VirtualService with the hosts"),
    Rule("MC0506", "WARNING", "VirtualService shadowed", "sidecars do not merge VirtualServices: write one per host"),
    Rule("MC0507", "INFO", "VirtualService shadowed for some clients"),
    Rule("MC0510", "INFO", "DestinationRules merged"),
    Rule("MC0511", "WARNING", "trafficPolicy lost in merging", "write one DestinationRule per host"),
    Rule("MC0512", "WARNING", "subset lost in merging", "name each subset of a host once"),
    Rule("MC0513", "WARNING", "DestinationRule swallowed by one of some workloads", "give it another exportTo"),
    Rule("MC0514", "WARNING", "DestinationRule shadowed", "write one DestinationRule per host and namespace"),
    Rule("MC0515", "INFO", "DestinationRule overridden for clients of a namespace"),
    Rule("MC0516", "WARNING", "exportTo without effect", "a rule with a workloadSelector stays in its namespace"),
    Rule("MC0520", "WARNING", "PeerAuthentication ignored", "write one without selector per namespace"),
    Rule("MC0521", "WARNING", "PeerAuthentication ignored in the root namespace", "put it where the workloads are"),
    Rule("MC0522", "WARNING", "PeerAuthentication shadowed", "write one per workload"),
    Rule("MC0523", "WARNING", "portLevelMtls without effect", "select the workloads that the ports are of"),
    Rule("MC0525", "WARNING", "Sidecar ignored", "write one without workloadSelector per namespace"),
    Rule("MC0526", "WARNING", "Sidecar shadowed", "write one per workload"),
    Rule("MC0527", "WARNING", "malformed egress host", "write namespace/dnsName, as in ./* or istio-system/*"),
    Rule("MC0530", "WARNING", "Telemetry ignored", "write one without selector per namespace"),
    Rule("MC0540", "WARNING", "host of a DestinationRule does not exist"),
    Rule("MC0541", "WARNING", "destination does not exist"),
    Rule("MC0542", "WARNING", "subset does not exist", "define it in a DestinationRule of the host"),
    Rule("MC0543", "WARNING", "port does not exist"),
    Rule("MC0544", "WARNING", "gateway does not exist", "write namespace/name, or mesh for sidecars"),
)

_RULES += (
    Rule("MC0590", "WARNING", "patch that depends on order", "set spec.priority, or use INSERT_FIRST or MERGE"),
    Rule("MC0591", "WARNING", "patch without effect"),
    Rule("MC0592", "WARNING", "access log without provider", "name a provider"),
    Rule("MC0593", "WARNING", "claim that is never known", "add a RequestAuthentication for the gateway's workload"),
    Rule("MC0594", "INFO", "protocol not declared", "name the port http-..., grpc-..., tcp-..., or set appProtocol"),
    Rule("MC0601", "WARNING", "route that is never reached", "put it before the route that takes every request"),
    Rule("MC0602", "INFO", "short name taken"),
    Rule("MC0603", "INFO", "VirtualService without a route"),
    Rule("MC0611", "WARNING", "redirect without effect", "use 301, 302, 303, 307 or 308"),
    Rule("MC0612", "WARNING", "action without effect", "write one of redirect, directResponse and route"),
    Rule("MC0613", "WARNING", "retries switched off", "write attempts; to switch retries off, write attempts: 0 alone"),
    Rule("MC0614", "WARNING", "fault without effect"),
    Rule("MC0615", "WARNING", "header operation without effect", "rewrite.authority changes the host of requests"),
    Rule("MC0616", "WARNING", "source of a match ignored", "write one match for gateways and one for sidecars"),
    Rule("MC0617", "WARNING", "mirror without effect", "give it a destination and a share of more than 0"),
)

_RULES += (
    Rule("MC0620", "WARNING", "locality failover without effect", "add outlierDetection to the trafficPolicy"),
    Rule("MC0621", "WARNING", "outlierDetection field without effect"),
    Rule("MC0622", "WARNING", "settings lost for a port", "repeat them in portLevelSettings"),
    Rule("MC0623", "WARNING", "TLS field without effect", "remove it, or change the mode"),
    Rule("MC0624", "WARNING", "mutual TLS without certificate", "name a certificate, or use mode ISTIO_MUTUAL"),
    Rule("MC0625", "WARNING", "warmup without effect", "use LEAST_REQUEST or ROUND_ROBIN"),
    Rule("MC0626", "WARNING", "credential that sidecars do not get", "add a workloadSelector to the DestinationRule"),
    Rule("MC0627", "WARNING", "cluster left out", "declare endpoints, or change the labels"),
    Rule("MC0628", "WARNING", "subset without endpoints", "change its labels to those of the pods"),
    Rule("MC0629", "WARNING", "upgrade to HTTP/2 without effect", "declare the protocol of the port"),
    Rule("MC0637", "WARNING", "load balancer without effect"),
    Rule("MC0638", "WARNING", "defaultEndpoint ignored", "use 127.0.0.1:PORT, 0.0.0.0:PORT or unix:///PATH"),
    Rule("MC0651", "WARNING", "rule with an unknown attribute", "the keys of `when` are those of the Istio reference"),
    Rule("MC0652", "WARNING", "value in a policy that cannot be read"),
    Rule("MC0653", "INFO", "ALLOW rule without effect on TCP", "write a rule without HTTP fields for TCP ports"),
    Rule(
        "MC0654", "WARNING", "rule that is wider on TCP", "name the ports of HTTP in spec.rules[].to[].operation.ports"
    ),
    Rule("MC0655", "WARNING", "authorization provider cannot be asked"),
    Rule("MC0656", "INFO", "authorization provider is not asked about TCP", "TCP needs an envoyExtAuthzGrpc provider"),
    Rule("MC0657", "WARNING", "keys of an issuer unknown", "write the keys into `jwks`, or let proxies fetch them"),
    Rule("MC0658", "WARNING", "dry run that is enforced", "remove the policy, or give it another action"),
    Rule("MC0660", "WARNING", "inbound listener left out"),
    Rule("MC0661", "INFO", "inbound port shadowed", "let each service port lead to a port of its own"),
    Rule("MC0662", "WARNING", "TLS of an inbound listener ignored"),
    Rule("MC0663", "WARNING", "portLevelMtls for the port of a Service", "write the target port"),
)

_RULES += (
    Rule(
        "MC0630", "WARNING", "address of a listener taken", "give the ports other numbers, or declare their protocols"
    ),
    Rule("MC0631", "WARNING", "provider does not exist", "define it in extensionProviders of the mesh config"),
    Rule("MC0632", "WARNING", "provider of the wrong kind"),
    Rule("MC0633", "WARNING", "service of a provider does not exist", "write it as namespace/hostname"),
    Rule("MC0634", "WARNING", "access log filter without effect", "name the providers that the filter is for"),
    Rule("MC0635", "INFO", "tracing provider ignored", "name one provider"),
    Rule("MC0636", "WARNING", "access log format that cannot be read", "write a JSON object"),
    Rule("MC0640", "WARNING", "port reserved by sidecars", "give the port of the Service another number"),
    Rule("MC0641", "WARNING", "TCP or TLS route that is never used"),
    Rule("MC0642", "INFO", "match without effect"),
    Rule("MC0643", "WARNING", "listener that stands twice", "give the Sidecar's listener another port or bind address"),
)

_RULES += (
    Rule("MC0701", "INFO", "Istio's own filter left out"),
    Rule("MC0702", "WARNING", "extension left out", "a stock Envoy has nothing in its place"),
    Rule(
        "MC0703",
        "WARNING",
        "mutual TLS left out",
        "write certificates with `meshc certs`, and name their folder with --certs",
    ),
    Rule("MC0704", "WARNING", "secret is not in the input", "add the Secret, in the namespace that the name says"),
    Rule("MC0705", "WARNING", "resource of a name that is taken", "Envoy serves the first of a name"),
    Rule("MC0707", "WARNING", "resource that Envoy refuses"),
    Rule(
        "MC0706",
        "INFO",
        "listener out of reach",
        "without interception only one listener has a port; --interception redirect leaves them to iptables",
    ),
)

_RULES += (
    Rule("MC0670", "WARNING", "server of a Gateway left out", "give it another port, port name or bind address"),
    Rule("MC0671", "WARNING", "server left out because of a host", "serve a host over TLS once on a port and address"),
    Rule("MC0672", "WARNING", "port that a gateway may not bind", "let the Service lead to a target port above 1023"),
    Rule("MC0673", "WARNING", "server without a route", "bind a VirtualService with a tcp or tls route to the Gateway"),
    Rule("MC0674", "WARNING", "SNI taken", "match a name once on a port"),
    Rule("MC0675", "ERROR", "servers that Envoy cannot tell apart", "give each of them hosts of its own"),
    Rule("MC0676", "INFO", "secret that is not served", "add it in the namespace of the proxy"),
    Rule("MC0677", "INFO", "server without a virtual host", "bind a VirtualService for its hosts to the Gateway"),
    Rule("MC0678", "INFO", "setting of a server without effect"),
)

CATALOG: dict[str, Rule] = {rule.code: rule for rule in _RULES}
