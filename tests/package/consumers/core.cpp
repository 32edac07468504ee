// A model made in C++ and scored by the headers alone: prints the utilization of three customers.
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include <aiueo/aiueo.hpp>

#ifdef AIUEO_COMPILED
#error "the headers alone do not come with compiled parts"
#endif

int main() {
    aiueo::model model;
    model.name = "core";
    aiueo::metric logins;
    logins.name = "logins";
    model.metrics.push_back(logins);
    aiueo::component use;
    use.name = "use";
    use.inputs = {"logins"};
    use.how = aiueo::response::curve;
    use.knots = {{0, 0}, {10, 100}};
    auto& group = model.rules.groups[static_cast<std::size_t>(aiueo::axis::utilization)];
    group.components.push_back(use);
    model.rules.overall.weights[static_cast<std::size_t>(aiueo::axis::utilization)] = 1;
    for (const aiueo::problem& one : aiueo::check_model(model)) std::puts(one.what.message.c_str());

    const auto plan = aiueo::compile(model);
    if (!plan) return std::puts(plan.error().message.c_str()), 1;
    const std::vector<std::string> ids{"Aoba", "Midori", "Kuro"};
    const std::vector<double> values{10, 2.5, 0};
    const auto batch = aiueo::bind(*plan, 3, {{"customer", ids}, {"logins", values}});
    if (!batch) return std::puts(batch.error().message.c_str()), 1;
    aiueo::scores scores{*plan, 3};
    if (const auto ok = aiueo::score(*plan, *batch, {0, 3}, scores); !ok) return 1;
    for (const double u : scores[aiueo::axis::utilization]) std::printf("%g\n", u);
}
