#if Emulator
import SigV4

/// Looks for the usual mistake behind a signature that doesn't match.
///
/// It computes the signature of similar requests. It never reveals one, but names the change that makes it match.
struct SignatureDiagnosis {
    private let parts: CanonicalParts
    private let presented: PresentedSignature
    private let secret: Secret

    /// Creates a diagnosis of a signature that doesn't match.
    init(of parts: CanonicalParts, presented: PresentedSignature, secret: Secret) {
        self.parts = parts
        self.presented = presented
        self.secret = secret
    }

    /// Sentences for the request log.
    var hints: [String] {
        let missing = parts.headers.filter { $0.value.isEmpty }.map(\.name)
        var hints = [
            fittingChange
                ?? "The signature doesn't match. Check the secret access key, and compare the texts below."
        ]
        if !missing.isEmpty {
            hints.append("Signed, but not sent: \(missing.joined(separator: ", ")).")
        }
        return hints
    }

    private var fittingChange: String? {
        for method in ["GET", "HEAD", "PUT", "POST", "DELETE"] where method != parts.method {
            if fits({ $0.method = method }) {
                return "The signature is for the method \(method), but the request has \(parts.method)."
            }
        }
        let decoded = String(decoding: FormDecoding.decode(Array(parts.path.utf8)), as: UTF8.self)
        let paths = [PercentEncoding.encodePath(parts.path), PercentEncoding.encodePath(decoded), decoded]
        if paths.contains(where: { path in fits { $0.path = path } }) {
            return "The signature is for another encoding of the path. R2 signs the path exactly as it's sent."
        }
        for payload in ["UNSIGNED-PAYLOAD", Payload.empty.headerValue] where payload != parts.payload {
            if fits({ $0.payload = payload }) {
                return "The signature is for the payload hash \(payload), but the request has \(parts.payload)."
            }
        }
        return fittingHost ?? fittingParameter
    }

    private var fittingHost: String? {
        guard let index = parts.headers.firstIndex(where: { $0.name == "host" }) else { return nil }
        let host = parts.headers[index].value
        let name = String(host.prefix { $0 != ":" })
        let port = host.dropFirst(name.count)
        let others = [name, "localhost\(port)", "127.0.0.1\(port)", "localhost", "127.0.0.1"]
        let found = others.first { other in other != host && fits { $0.headers[index].value = other } }
        return found.map { "The signature is for the host \($0), but the request has \(host)." }
    }

    private var fittingParameter: String? {
        for (index, parameter) in parts.parameters.enumerated().prefix(32)
        where fits({ $0.parameters.remove(at: index) }) {
            let name = String(decoding: parameter.name, as: UTF8.self)
            return "The signature doesn't cover the query parameter \(name), which was added afterwards."
        }
        return nil
    }

    private func fits<Ignored>(_ change: (inout CanonicalParts) -> Ignored) -> Bool {
        var changed = parts
        _ = change(&changed)
        let computed = SignatureVerification.Computation(of: changed, presented: presented, secret: secret)
        return computed?.matches(presented.hex) == true
    }
}
#endif
