#if Emulator
extension Refusal {
    /// The response: a document without a namespace, with `Code` and `Message` first.
    ///
    /// R2 (observed): no `Resource`, `RequestId` or `HostId`. Live responses add `cf-ray` and `server`, which come from
    /// Cloudflare's edge.
    var response: EmulatorResponse {
        var document = XMLDocument(root: "Error", namespace: false)
        document.element("Code", code)
        document.element("Message", message)
        for (name, value) in details { document.element(name, value) }
        var response = EmulatorResponse(status: status, headers: headers)
        response.set(document)
        return response
    }
}
#endif
