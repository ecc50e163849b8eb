internal import SigV4

/// Headers that R2 is asked to answer with, in place of those kept with the object.
///
/// They travel in the URL (`response-content-type` and so on) and are signed. R2's compatibility table does not list
/// them; projects report them working. Where an answer must carry a header, set it on the upload.
public struct ResponseOverrides: Sendable, Hashable {
    /// Whether browsers show the object or save it, and under which name.
    public var contentDisposition: ContentDisposition?
    /// The media type.
    public var contentType: String?
    /// How long caches may keep the answer.
    public var cacheControl: String?

    /// Nothing is overridden.
    public static var none: ResponseOverrides { ResponseOverrides() }

    /// Combines overrides; whatever is left out stays as it was uploaded.
    public init(
        contentDisposition: ContentDisposition? = nil, contentType: String? = nil, cacheControl: String? = nil
    ) {
        self.contentDisposition = contentDisposition
        self.contentType = contentType
        self.cacheControl = cacheControl
    }
}

extension ResponseOverrides {
    /// The parameters, sorted by name.
    func parameters() throws(R2KitError) -> [SignableRequest.Parameter] {
        var parameters: [SignableRequest.Parameter] = []
        if let cacheControl {
            try HeaderText.check(cacheControl, for: "response-cache-control")
            parameters.append(.init("response-cache-control", cacheControl))
        }
        if let contentDisposition {
            parameters.append(.init("response-content-disposition", contentDisposition.headerValue))
        }
        if let contentType {
            try HeaderText.check(contentType, for: "response-content-type")
            parameters.append(.init("response-content-type", contentType))
        }
        return parameters
    }
}
