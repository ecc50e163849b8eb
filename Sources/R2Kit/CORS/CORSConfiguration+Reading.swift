extension CORSConfiguration {
    /// Reads what is in a `CORSConfiguration` element.
    init(_ scanner: inout XMLScanner) throws(XMLError) {
        var rules: [Rule] = []
        while let name = try scanner.nextChild() {
            if name == "CORSRule" { rules.append(try Rule(&scanner)) } else { try scanner.skip() }
        }
        self.init(answered: rules)
    }
}

extension CORSConfiguration.Rule {
    /// Reads a rule as it is kept, even one that could not be set any more.
    fileprivate init(_ scanner: inout XMLScanner) throws(XMLError) {
        var origins: [String] = []
        var methods: [Method] = []
        var headers: [String] = []
        var exposed: [String] = []
        var age: Int?
        while let name = try scanner.nextChild() {
            switch name {
            case "AllowedOrigin": origins.append(try scanner.text())
            case "AllowedMethod":
                guard let method = Method(rawValue: try scanner.text()) else {
                    throw scanner.problem("a method of a CORS rule is unknown")
                }
                methods.append(method)
            case "AllowedHeader": headers.append(try scanner.text())
            case "ExposeHeader": exposed.append(try scanner.text())
            case "MaxAgeSeconds": try scanner.read(&age)
            default: try scanner.skip()
            }
        }
        self.init(answered: origins, methods, headers, exposed, age)
    }
}
