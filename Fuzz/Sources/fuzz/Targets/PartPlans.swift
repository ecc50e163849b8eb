import R2Kit

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Part plans: `total length|part length|number`, or their JSON form, which starts with `{`.
///
/// The parts of a plan are within R2's limits, and together they are the object.
@Sendable func fuzzPartPlan(_ input: FuzzInput) {
    if input.bytes.first == UInt8(ascii: "{") {
        guard let plan = try? JSONDecoder().decode(PartPlan.self, from: Data(input.bytes)) else { return }
        checkPlan(plan, number: 1)
        return
    }
    var input = input
    let total = Int64(input.number())
    let wish = input.optionalNumber().map(Int64.init)
    guard let plan = try? PartPlan(totalLength: total, partLength: wish) else { return }
    check(plan.totalLength == total && plan.partLength == wish ?? plan.partLength, "a wish is changed: \(plan)")
    checkPlan(plan, number: input.number())
}

private func checkPlan(_ plan: PartPlan, number: Int) {
    check((1...PartPlan.maximumTotalLength).contains(plan.totalLength), "an object too long: \(plan)")
    check((PartPlan.minimumPartLength...PartPlan.maximumPartLength).contains(plan.partLength), "a part size: \(plan)")
    check(PartPlan.numbers.contains(plan.count) && plan.parts.count == plan.count, "too many parts: \(plan)")
    let part = try? plan.part(number)
    check((part != nil) == (1...plan.count).contains(number), "part \(number) of \(plan.count)")
    for (part, number) in [(plan.parts.first, 1), (part, number), (plan.parts.last, plan.count)] {
        guard let part else { continue }
        check(part.number == number && part.offset == Int64(number - 1) * plan.partLength, "\(part) of \(plan)")
        let rest = plan.totalLength - part.offset
        check(part.length == min(rest, plan.partLength) && part.length > 0, "\(part) of \(plan)")
        if number == plan.count { check(part.length == rest, "the last part does not end with the object: \(plan)") }
    }
}
