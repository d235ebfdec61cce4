// Recurrent training steps and streamed tokens in oneDNN, for a benchmark to start as a child process.
//
// Build:  g++ -O2 -std=c++17 -fopenmp onednn_lstm.cpp -ldnnl -o onednn_lstm        (Debian: libdnnl-dev)
// Usage:  onednn_lstm [--threads N]      then, line by line on stdin:
//   run NAME REPEATS   answers {"name", "seconds": [one per step], "tokens": tokens per step, "note"} on one line
//   quit               ends; so does the end of the input
//   onednn_lstm --list names the workloads; --facts says threads and instructions; --check proves the numbers.
//
// A training step is the recurrent layers alone, forward and backward, from dense float input: the weights are
// reordered once per step from the optimizer's layout into the one the primitive prefers, forward and backward,
// and the weight gradients back, as every step of training must. No output layer, no loss, no optimizer.
// For stream256 a step is a block of 100 tokens, each through the LSTM and the dense output alone.

#include "onednn_layers.hpp"

#include <omp.h>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

/// LSTM and dense output at batch 1, one token at a time, the state carried.
class Streaming {
public:
    Streaming(int symbols, int hidden) : symbols_(symbols), lstm_({Kind::Lstm, 1, 1, 1, symbols, hidden, false}, false) {
        lstm_.packForward();    // an inference's weights stay in the primitive's layout
        const memory::dim I = hidden, O = symbols;
        const memory::desc in({1, I}, dt::f32, tag::nc), out({1, O}, dt::f32, tag::nc), bias({O}, dt::f32, tag::x);
        const inner_product_forward::primitive_desc d(
            {prop_kind::forward_inference, in, memory::desc({O, I}, dt::f32, tag::any), bias, out}, lstm_.cpu());
        dense_ = inner_product_forward(d);
        arguments_ = {{DNNL_ARG_SRC, memory(in, lstm_.cpu(), lstm_.y.get_data_handle())},
            {DNNL_ARG_WEIGHTS, filled(d.weights_desc(), lstm_.cpu(), 0.1f)}, {DNNL_ARG_BIAS, filled(bias, lstm_.cpu(), 0.1f)},
            {DNNL_ARG_DST, zeros(out, lstm_.cpu())}};
    }

    void block(int tokens) {
        float *x = floats(lstm_.x);
        for (int k = 0; k < tokens; k++) {
            std::memset(x, 0, symbols_ * sizeof(float));
            x[generator() % symbols_] = 1.f;
            lstm_.forwardOnly();
            dense_.execute(lstm_.queue(), arguments_);
            lstm_.queue().wait();
            std::memcpy(floats(lstm_.h0), floats(lstm_.hT), lstm_.h0.get_desc().get_size());
            std::memcpy(floats(lstm_.c0), floats(lstm_.cT), lstm_.c0.get_desc().get_size());
        }
    }

private:
    int symbols_;
    RecurrentLayers lstm_;
    primitive dense_;
    RecurrentLayers::Arguments arguments_;
};

// ---------------------------------------------------------------- proof that the primitives compute what is claimed

static double sigmoid(double a) { return 1 / (1 + std::exp(-a)); }

/// The sum of outputs * dy by the plain equations in double (oneDNN's gate order: LSTM i f g o, GRU z r n), one layer.
static double naiveLoss(const Shape &s, RecurrentLayers &net) {
    const int G = s.kind == Kind::Lstm ? 4 : s.kind == Kind::Gru ? 3 : 1, H = s.hidden, I = s.input;
    const float *x = floats(net.x), *U = floats(net.U), *W = floats(net.W), *b = floats(net.b), *dy = floats(net.dy);
    double loss = 0;
    for (int n = 0; n < s.batch; n++) {
        std::vector<double> h(H), c(H), a(G * H), r(G * H);
        for (int t = 0; t < s.steps; t++) {
            for (int j = 0; j < G * H; j++) {
                a[j] = b[j];
                r[j] = 0;
                for (int i = 0; i < I; i++) a[j] += double(x[(t * s.batch + n) * I + i]) * U[i * G * H + j];
                for (int i = 0; i < H; i++) r[j] += h[i] * W[i * G * H + j];
            }
            for (int k = 0; k < H; k++) {
                if (s.kind == Kind::Rnn) h[k] = std::tanh(a[k] + r[k]);
                else if (s.kind == Kind::Lstm) {
                    c[k] = sigmoid(a[H + k] + r[H + k]) * c[k] + sigmoid(a[k] + r[k]) * std::tanh(a[2 * H + k] + r[2 * H + k]);
                    h[k] = sigmoid(a[3 * H + k] + r[3 * H + k]) * std::tanh(c[k]);
                } else {
                    const double z = sigmoid(a[k] + r[k]), reset = sigmoid(a[H + k] + r[H + k]);
                    h[k] = z * h[k] + (1 - z) * std::tanh(a[2 * H + k] + reset * (r[2 * H + k] + b[3 * H + k]));
                }
                loss += h[k] * dy[(t * s.batch + n) * H + k];
            }
        }
    }
    return loss;
}

static bool check() {
    bool good = true;
    const std::map<Kind, const char *> names = {{Kind::Lstm, "lstm"}, {Kind::Gru, "gru"}, {Kind::Rnn, "rnn"}};
    for (const auto &entry : names) {
        const Shape s = {entry.first, 1, 6, 3, 7, 20, false};
        RecurrentLayers net(s, true);
        net.trainingStep();
        net.trainingStep();     // a second step must not add to the first one's gradients
        double loss = 0;
        for (int i = 0; i < s.steps * s.batch * s.hidden; i++) loss += double(floats(net.y)[i]) * floats(net.dy)[i];
        double worst = std::abs(loss - naiveLoss(s, net)) / std::abs(loss);
        for (auto weights : {std::make_pair(&net.U, &net.dU), std::make_pair(&net.W, &net.dW), std::make_pair(&net.b, &net.db)}) {
            const size_t count = weights.first->get_desc().get_size() / sizeof(float);
            for (int trial = 0; trial < 5; trial++) {
                const size_t i = generator() % count;
                float *w = floats(*weights.first) + i;
                const float kept = *w, up = kept + 1e-3f, down = kept - 1e-3f;
                *w = up;
                const double above = naiveLoss(s, net);
                *w = down;
                const double slope = (above - naiveLoss(s, net)) / (double(up) - down);
                *w = kept;
                worst = std::max(worst, std::abs(slope - floats(*weights.second)[i]) / std::max(0.01, std::abs(slope)));
            }
        }
        std::printf("%s: worst relative difference of loss and gradients from the plain equations %.1e\n", entry.second, worst);
        good = good && worst < 1e-3;
    }
    return good;
}

// ---------------------------------------------------------------- the protocol

struct Workload { std::function<void()> step; int tokens; std::string note; };

static const std::vector<std::pair<std::string, Shape>> trainings = {
    {"lstm256", {Kind::Lstm, 1, 40, 50, 57, 256, true}}, {"gru256", {Kind::Gru, 1, 40, 50, 57, 256, true}},
    {"rnn256", {Kind::Rnn, 1, 40, 50, 57, 256, true}}, {"lstm2x512", {Kind::Lstm, 2, 50, 50, 512, 512, false}}};

static Workload build(const std::string &name) {
    if (name == "stream256") {
        auto net = std::make_shared<Streaming>(57, 256);
        return {[net] { net->block(100); }, 100, "LSTM and dense output, weights packed once"};
    }
    for (const auto &entry : trainings) {
        if (entry.first != name) continue;
        auto net = std::make_shared<RecurrentLayers>(entry.second, true);
        return {[net] { net->trainingStep(); }, entry.second.steps * entry.second.batch,
            std::string("recurrent layers alone, forward and backward") + (name == "lstm2x512" ? ", input width 512" : "")};
    }
    throw std::runtime_error("no workload of that name, --list names them");
}

static double timed(const std::function<void()> &step) {
    const auto start = std::chrono::steady_clock::now();
    step();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

static std::string quoted(const std::string &text) {
    std::string result = "\"";
    for (const char letter : text) {
        if (letter == '"' || letter == '\\') result += '\\';
        result += static_cast<unsigned char>(letter) < 32 ? ' ' : letter;
    }
    return result + "\"";
}

static void serve() {
    std::map<std::string, Workload> built;
    std::string line, verb, name;
    while (std::getline(std::cin, line)) {
        std::istringstream words(line);
        if (!(words >> verb)) continue;
        if (verb == "quit") return;
        int repeats = 0;
        std::ostringstream answer;
        name.clear();
        words >> name >> repeats;
        answer << "{\"name\": " << quoted(name);
        try {
            if (verb != "run" || repeats < 1) throw std::runtime_error("expected 'run NAME REPEATS' or 'quit', found '" + line + "'");
            auto found = built.find(name);
            if (found == built.end()) {
                found = built.emplace(name, build(name)).first;
                for (int k = 0; k < 3; k++) found->second.step();
            }
            answer << ", \"seconds\": [";
            for (int k = 0; k < repeats; k++) answer << (k ? ", " : "") << timed(found->second.step);
            answer << "], \"tokens\": " << found->second.tokens << ", \"note\": " << quoted(found->second.note) << "}";
        } catch (const std::exception &error) {
            answer << ", \"error\": " << quoted(error.what()) << "}";
        }
        std::cout << answer.str() << std::endl;
    }
}

int main(int count, char **arguments) {
    int threads = 1;
    std::string mode;
    for (int k = 1; k < count; k++) {
        const std::string word = arguments[k];
        if (word == "--threads" && k + 1 < count) threads = std::atoi(arguments[++k]);
        else mode = word;
    }
    if (threads < 1) {
        std::fprintf(stderr, "onednn_lstm: --threads wants a number from 1 up\n");
        return 2;
    }
    omp_set_num_threads(threads);
    if (mode == "--list") {
        for (const auto &entry : trainings) std::printf("%s\n", entry.first.c_str());
        std::printf("stream256\n");
    } else if (mode == "--facts") {
        const auto version = dnnl::version();
        const int isa = static_cast<int>(get_effective_cpu_isa());
        const auto has = [isa](int wanted) { return (isa & wanted) == wanted; };
        const bool wide = has(dnnl_cpu_isa_avx512_core), middle = has(dnnl_cpu_isa_avx);
        std::printf("{\"onednn\": \"%d.%d.%d\", \"threads\": %d, \"isa\": \"%s\", \"registers\": %d}\n", version->major, version->minor, version->patch,
            threads, wide ? "avx512" : has(dnnl_cpu_isa_avx2) ? "avx2" : "older", wide ? 512 : middle ? 256 : 128);
    } else if (mode == "--check") {
        return check() ? 0 : 1;
    } else if (mode.empty()) {
        serve();
    } else {
        std::fprintf(stderr, "onednn_lstm: '%s' is not one of --threads N, --list, --facts, --check\n", mode.c_str());
        return 2;
    }
    return 0;
}
