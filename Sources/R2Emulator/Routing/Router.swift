#if Emulator
/// Finds the operation of a request by its method and query.
///
/// R2 (observed) unless a comment says otherwise.
enum Router {
    static func route(
        _ request: EmulatorRequest, _ address: RequestAddress, _ behavior: R2Emulator.Behavior
    ) throws(Refusal) -> Operation {
        guard address.bucket != nil else {
            guard request.method == "GET" else { throw .routeNotFound }
            return .listBuckets
        }
        return address.key == nil ? try bucketRoute(request) : try objectRoute(request, behavior)
    }

    // MARK: Buckets

    private static func bucketRoute(_ request: EmulatorRequest) throws(Refusal) -> Operation {
        switch request.method {
        case "HEAD": return .headBucket
        case "GET": return try BucketSubresource.get(request)
        case "PUT", "DELETE": return try BucketSubresource.change(request)
        // Without `?delete`, a signed POST succeeds and does nothing.
        case "POST": return request.hasParameter("delete") ? .deleteObjects : .postBucket
        default: throw .routeNotFound
        }
    }

    // MARK: Objects

    private static func objectRoute(
        _ request: EmulatorRequest, _ behavior: R2Emulator.Behavior
    ) throws(Refusal) -> Operation {
        let hasUpload = request.hasParameter("uploadId")
        switch request.method {
        // Whatever the query says.
        case "HEAD": return .headObject
        case "GET":
            // The bucket's uploads, even below a key.
            if request.hasParameter("uploads") { return .listMultipartUploads }
            try refuse(request, ["tagging", "acl", "retention", "legal-hold", "attributes", "torrent"], "GetObject")
            guard hasUpload else { return .getObject }
            // Unsettled: see `Behavior.listPartsNeedsPartNumber`.
            if behavior.listPartsNeedsPartNumber, !request.hasParameter("partNumber") {
                throw .notImplemented("ListParts")
            }
            return .listParts
        case "PUT":
            try refuse(request, ["tagging", "acl", "retention", "legal-hold"], "PutObject")
            let isCopy = request.header("x-amz-copy-source") != nil
            // A hazard: with only one of the two parameters, the request stores an object.
            guard hasUpload, let number = request.parameter("partNumber") else {
                return isCopy ? .copyObject : .putObject
            }
            guard isPartNumberRoute(number) else { throw .routeNotFound }
            return isCopy ? .uploadPartCopy : .uploadPart
        case "POST":
            if request.hasParameter("uploads") { return .createMultipartUpload }
            // A hazard: any other POST on a key stores its body, and ignores a copy source.
            return hasUpload ? .completeMultipartUpload : .putObject
        // A hazard: subresources are ignored, so that `?tagging` deletes the object.
        case "DELETE": return hasUpload ? .abortMultipartUpload : .deleteObject
        default: throw .routeNotFound
        }
    }

    /// Refuses the first subresource in the query.
    private static func refuse(
        _ request: EmulatorRequest, _ subresources: Set<String>, _ prefix: String
    ) throws(Refusal) {
        for (name, _) in request.query where subresources.contains(name) {
            let words = name.split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst() }
            throw .notImplemented(prefix + words.joined())
        }
    }

    /// Returns whether a part number looks like an integer: `01`, ` 1`, `-1` and nothing do, `1.0` and `x` don't.
    private static func isPartNumberRoute(_ text: String) -> Bool {
        let digits = text.trimmed
        return (digits.hasPrefix("-") ? digits.dropFirst() : digits[...]).utf8.allSatisfy {
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
        }
    }
}
#endif
