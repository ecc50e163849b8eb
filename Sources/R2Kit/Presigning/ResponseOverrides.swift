internal import SigV4

/// Response headers that replace those stored with an object.
///
/// They are part of the URL (`response-content-type` and so on) and are signed. R2's compatibility table doesn't list
/// them, but projects report that they work. Where a response must have a header, set it on the upload.
public struct ResponseOverrides: Sendable, Hashable {
    /// The header that makes browsers show the object or save it under a name.
    public var contentDisposition: ContentDisposition?
    /// The media type.
    public var contentType: String?
    /// The rules for caches that keep the response.
    public var cacheControl: String?

    /// No overrides.
    public static var none: ResponseOverrides { ResponseOverrides() }

    /// Creates overrides.
    ///
    /// What is left out stays as it was uploaded.
    /// - Parameters:
    ///   - contentDisposition: The header that makes browsers show the object or save it under a name.
    ///   - contentType: The media type.
    ///   - cacheControl: The rules for caches that keep the response.
    public init(
        contentDisposition: ContentDisposition? = nil, contentType: String? = nil, cacheControl: String? = nil
    ) {
        self.contentDisposition = contentDisposition
        self.contentType = contentType
        self.cacheControl = cacheControl
    }
}

extension ResponseOverrides {
    /// Checks the overrides.
    /// - Returns: The parameters, sorted by name.
    func parameters() throws(R2ValidationError) -> [SignableRequest.Parameter] {
        var parameters: [SignableRequest.Parameter] = []
        if let cacheControl {
            try HeaderRules.check(cacheControl, for: "response-cache-control")
            parameters.append(.init("response-cache-control", cacheControl))
        }
        if let contentDisposition {
            parameters.append(.init("response-content-disposition", contentDisposition.headerValue))
        }
        if let contentType {
            try HeaderRules.check(contentType, for: "response-content-type")
            parameters.append(.init("response-content-type", contentType))
        }
        return parameters
    }
}
