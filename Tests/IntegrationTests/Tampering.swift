import Testing

/// A change that must invalidate a request's signature.
struct Tampering: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let apply: @Sendable (inout Message) -> Void

    init(_ description: String, _ apply: @escaping @Sendable (inout Message) -> Void) {
        testDescription = description
        self.apply = apply
    }

    private static func replacing(_ text: String, with other: String) -> @Sendable (inout Message) -> Void {
        { $0.url = $0.url.replacing(text, with: other) }
    }

    /// The last segments of the two objects' keys that ``ofURL`` uses.
    static let (name, otherName) = ("this.mp4", "other.mp4")

    /// Changes to a URL that is signed for ``name`` and valid for 900 seconds.
    static let ofURL: [Tampering] = [
        Tampering("the signature's last digit") { message in
            message.url.append(message.url.removeLast() == "0" ? "1" : "0")
        },
        Tampering("no signature") { message in
            if let start = message.url.ranges(of: "&X-Amz-Signature=").first?.lowerBound {
                message.url = String(message.url[..<start])
            }
        },
        Tampering("the path", replacing("/\(name)?", with: "/\(otherName)?")),
        Tampering("a longer lifetime", replacing("X-Amz-Expires=900", with: "X-Amz-Expires=9000")),
        Tampering("a shorter lifetime", replacing("X-Amz-Expires=900", with: "X-Amz-Expires=899")),
        Tampering("another parameter") { $0.url += "&response-content-type=text%2Fhtml" },
        Tampering("the signed headers", replacing("X-Amz-SignedHeaders=", with: "X-Amz-SignedHeaders=accept%3B")),
        Tampering("the region", replacing("%2Fauto%2F", with: "%2Feu%2F")),
        Tampering("the access key", replacing("X-Amz-Credential=", with: "X-Amz-Credential=0")),
    ]

    /// Changes to the headers or the body of the upload that ``TamperingTests`` signs.
    static let ofUpload: [Tampering] = [
        Tampering("another type") { $0.setHeader("content-type", "text/html") },
        Tampering("no type") { $0.setHeader("content-type", nil) },
        Tampering("another cache rule") { $0.setHeader("cache-control", "no-store") },
        Tampering("no disposition") { $0.setHeader("content-disposition", nil) },
        Tampering("other metadata") { $0.setHeader("x-amz-meta-owner", "somebody-else") },
        Tampering("no metadata") { $0.setHeader("x-amz-meta-owner", nil) },
        Tampering("no checksum") { $0.setHeader("content-md5", nil) },
        Tampering("no condition") { $0.setHeader("if-none-match", nil) },
        Tampering("an additional byte") { $0.body?.bytes.append(0) },
        Tampering("a missing byte") { $0.body?.bytes.removeLast() },
        Tampering("no body") { $0.body = Body([]) },
    ]
}

extension Message {
    /// Changes or removes a header.
    fileprivate mutating func setHeader(_ name: String, _ value: String?) {
        guard let index = headers.firstIndex(where: { $0.name == name }) else { return }
        if let value {
            headers[index].value = value
        } else {
            headers.remove(at: index)
        }
    }
}
