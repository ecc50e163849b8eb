/// Which regions an endpoint takes.
///
/// R2 has one region, `auto`. It also takes `us-east-1` as another name of it, and its location hints; every other
/// region is refused in the signature's scope. Source: R2 "S3 API compatibility", bucket region.
enum RegionRule {
    private static let cloudflare: Set<String> = ["auto", "us-east-1", "wnam", "enam", "weur", "eeur", "apac", "oc"]

    static func check(_ region: String, isCloudflare: Bool) throws(R2KitError) {
        let isName = region.utf8.allSatisfy {
            ASCII.isLetter($0) || ASCII.isDigit($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
        }
        guard !region.isEmpty, isName else {
            throw R2KitError(.invalidRegion, "a region is a name such as 'auto', in letters, digits and hyphens")
        }
        guard !isCloudflare || cloudflare.contains(region) else {
            throw R2KitError(.invalidRegion, "R2's region is 'auto': leave the setting out")
        }
    }
}
