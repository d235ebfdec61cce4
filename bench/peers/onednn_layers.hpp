// Stacked recurrent layers in oneDNN, forward and backward, for onednn_lstm.cpp (its header says what is counted).
#pragma once

#include <dnnl.hpp>

#include <cmath>
#include <cstring>
#include <map>
#include <random>
#include <unordered_map>
#include <utility>

using namespace dnnl;
using dt = memory::data_type;
using tag = memory::format_tag;

enum class Kind { Lstm, Gru, Rnn };

struct Shape { Kind kind; int layers, steps, batch, input, hidden; bool lastOnly; };

static std::mt19937 generator(1);

static memory filled(const memory::desc &desc, const engine &cpu, float limit) {
    memory result(desc, cpu);
    std::uniform_real_distribution<float> draw(-limit, limit);
    float *data = static_cast<float *>(result.get_data_handle());
    for (size_t i = 0; i < desc.get_size() / sizeof(float); i++) data[i] = draw(generator);
    return result;
}

static memory zeros(const memory::desc &desc, const engine &cpu) {
    memory result(desc, cpu);
    std::memset(result.get_data_handle(), 0, desc.get_size());
    return result;
}

static float *floats(const memory &m) { return static_cast<float *>(m.get_data_handle()); }

/// Forward and, for training, backward of stacked recurrent layers, with the user's weights in the plain layout ldigo.
class RecurrentLayers {
public:
    using Arguments = std::unordered_map<int, memory>;

    RecurrentLayers(const Shape &shape, bool training) : shape_(shape), cpu_(engine::kind::cpu, 0), stream_(cpu_) {
        gates_ = shape.kind == Kind::Lstm ? 4 : shape.kind == Kind::Gru ? 3 : 1;
        const int biases = shape.kind == Kind::Gru ? 4 : gates_;    // linear-before-reset GRU: the candidate's own one
        const memory::dim L = shape.layers, T = shape.steps, B = shape.batch, I = shape.input, H = shape.hidden, G = gates_;
        source_ = {{T, B, I}, dt::f32, tag::tnc};
        output_ = {{T, B, H}, dt::f32, tag::tnc};
        state_ = {{L, 1, B, H}, dt::f32, tag::ldnc};
        bias_ = {{L, 1, biases, H}, dt::f32, tag::ldgo};
        plainU_ = {{L, 1, I, G, H}, dt::f32, tag::ldigo};
        plainW_ = {{L, 1, H, G, H}, dt::f32, tag::ldigo};
        anyU_ = {{L, 1, I, G, H}, dt::f32, tag::any};
        anyW_ = {{L, 1, H, G, H}, dt::f32, tag::any};

        x = filled(source_, cpu_, 0.f);
        float *rows = floats(x);    // one-hot, as dense floats
        for (memory::dim row = 0; row < T * B; row++) rows[row * I + generator() % I] = 1.f;
        const float limit = 1.f / std::sqrt(static_cast<float>(H));
        U = filled(plainU_, cpu_, limit);
        W = filled(plainW_, cpu_, limit);
        b = filled(bias_, cpu_, limit);
        y = zeros(output_, cpu_);
        h0 = zeros(state_, cpu_);
        c0 = zeros(state_, cpu_);
        dy = zeros(output_, cpu_);
        float *slopes = floats(dy);
        std::uniform_real_distribution<float> draw(-1.f, 1.f);
        for (memory::dim i = shape.lastOnly ? (T - 1) * B * H : 0; i < T * B * H; i++) slopes[i] = draw(generator);
        dU = zeros(plainU_, cpu_);
        dW = zeros(plainW_, cpu_);
        db = zeros(bias_, cpu_);

        const prop_kind kind = training ? prop_kind::forward_training : prop_kind::forward_inference;
        if (shape.kind == Kind::Lstm) buildLstm(kind, training);
        else if (shape.kind == Kind::Gru) buildGru(kind, training);
        else buildRnn(kind, training);
    }

    void trainingStep() {
        packForward();
        forward_.execute(stream_, forwardArguments_);
        reorderIfElsewhere(U, backwardU_);
        reorderIfElsewhere(W, backwardW_);
        // The primitive adds to the weight gradients.
        for (memory *gradient : {&innerDU_, &innerDW_, &db})
            std::memset(gradient->get_data_handle(), 0, gradient->get_desc().get_size());
        backward_.execute(stream_, backwardArguments_);
        reorderIfElsewhere(innerDU_, dU);
        reorderIfElsewhere(innerDW_, dW);
        stream_.wait();
    }

    void packForward() {
        reorderIfElsewhere(U, forwardU_);
        reorderIfElsewhere(W, forwardW_);
    }

    void forwardOnly() {
        forward_.execute(stream_, forwardArguments_);
        stream_.wait();
    }

    const engine &cpu() const { return cpu_; }
    stream &queue() { return stream_; }

    memory x, U, W, b, y, h0, c0, hT, cT, dy, dU, dW, db, dx;

private:
    template <typename Descriptor> void finishForward(const Descriptor &d, bool training) {
        forwardU_ = inLayout(U, d.weights_layer_desc());
        forwardW_ = inLayout(W, d.weights_iter_desc());
        hT = zeros(state_, cpu_);
        forwardArguments_ = {{DNNL_ARG_SRC_LAYER, x}, {DNNL_ARG_SRC_ITER, h0}, {DNNL_ARG_WEIGHTS_LAYER, forwardU_},
            {DNNL_ARG_WEIGHTS_ITER, forwardW_}, {DNNL_ARG_BIAS, b}, {DNNL_ARG_DST_LAYER, y}, {DNNL_ARG_DST_ITER, hT}};
        if (shape_.kind == Kind::Lstm) {
            cT = zeros(state_, cpu_);
            forwardArguments_.insert({{DNNL_ARG_SRC_ITER_C, c0}, {DNNL_ARG_DST_ITER_C, cT}});
        }
        if (training) {
            workspace_ = memory(d.workspace_desc(), cpu_);
            forwardArguments_.insert({DNNL_ARG_WORKSPACE, workspace_});
        }
    }

    template <typename Descriptor> void finishBackward(const Descriptor &d) {
        backwardU_ = inLayout(U, d.weights_layer_desc());
        backwardW_ = inLayout(W, d.weights_iter_desc());
        innerDU_ = inLayout(dU, d.diff_weights_layer_desc());
        innerDW_ = inLayout(dW, d.diff_weights_iter_desc());
        dx = memory(d.diff_src_layer_desc(), cpu_);
        backwardArguments_ = forwardArguments_;
        backwardArguments_[DNNL_ARG_WEIGHTS_LAYER] = backwardU_;
        backwardArguments_[DNNL_ARG_WEIGHTS_ITER] = backwardW_;
        const memory dh0 = zeros(state_, cpu_), dhT = zeros(state_, cpu_);
        backwardArguments_.insert({{DNNL_ARG_DIFF_SRC_LAYER, dx}, {DNNL_ARG_DIFF_SRC_ITER, dh0},
            {DNNL_ARG_DIFF_WEIGHTS_LAYER, innerDU_}, {DNNL_ARG_DIFF_WEIGHTS_ITER, innerDW_}, {DNNL_ARG_DIFF_BIAS, db},
            {DNNL_ARG_DIFF_DST_LAYER, dy}, {DNNL_ARG_DIFF_DST_ITER, dhT}});
        if (shape_.kind == Kind::Lstm)
            backwardArguments_.insert({{DNNL_ARG_DIFF_SRC_ITER_C, zeros(state_, cpu_)}, {DNNL_ARG_DIFF_DST_ITER_C, zeros(state_, cpu_)}});
    }

    void buildLstm(prop_kind kind, bool training) {
        const auto way = rnn_direction::unidirectional_left2right;
        const lstm_forward::primitive_desc d({kind, way, source_, state_, state_, anyU_, anyW_, bias_, output_, state_, state_}, cpu_);
        forward_ = lstm_forward(d);
        finishForward(d, training);
        if (!training) return;
        const lstm_backward::primitive_desc back({prop_kind::backward, way, source_, state_, state_, anyU_, anyW_, bias_, output_,
            state_, state_, source_, state_, state_, anyU_, anyW_, bias_, output_, state_, state_}, cpu_, d);
        backward_ = lstm_backward(back);
        finishBackward(back);
    }

    void buildGru(prop_kind kind, bool training) {
        const auto way = rnn_direction::unidirectional_left2right;
        const lbr_gru_forward::primitive_desc d({kind, way, source_, state_, anyU_, anyW_, bias_, output_, state_}, cpu_);
        forward_ = lbr_gru_forward(d);
        finishForward(d, training);
        if (!training) return;
        const lbr_gru_backward::primitive_desc back({prop_kind::backward, way, source_, state_, anyU_, anyW_, bias_, output_, state_,
            source_, state_, anyU_, anyW_, bias_, output_, state_}, cpu_, d);
        backward_ = lbr_gru_backward(back);
        finishBackward(back);
    }

    void buildRnn(prop_kind kind, bool training) {
        const auto way = rnn_direction::unidirectional_left2right;
        const auto tanh = algorithm::eltwise_tanh;
        const vanilla_rnn_forward::primitive_desc d({kind, tanh, way, source_, state_, anyU_, anyW_, bias_, output_, state_}, cpu_);
        forward_ = vanilla_rnn_forward(d);
        finishForward(d, training);
        if (!training) return;
        const vanilla_rnn_backward::primitive_desc back({prop_kind::backward, tanh, way, source_, state_, anyU_, anyW_, bias_, output_,
            state_, source_, state_, anyU_, anyW_, bias_, output_, state_}, cpu_, d);
        backward_ = vanilla_rnn_backward(back);
        finishBackward(back);
    }

    /// The same memory where the layouts agree, else a new one to reorder into.
    memory inLayout(const memory &plain, const memory::desc &wanted) const {
        return plain.get_desc() == wanted ? plain : zeros(wanted, cpu_);
    }

    void reorderIfElsewhere(memory &from, memory &to) {
        if (from.get_data_handle() == to.get_data_handle()) return;
        const auto key = std::make_pair(from.get_data_handle(), to.get_data_handle());
        auto found = reorders_.find(key);
        if (found == reorders_.end()) found = reorders_.emplace(key, reorder(from, to)).first;
        found->second.execute(stream_, from, to);
    }

    Shape shape_;
    int gates_;
    engine cpu_;
    stream stream_;
    memory::desc source_, output_, state_, bias_, plainU_, plainW_, anyU_, anyW_;
    memory forwardU_, forwardW_, backwardU_, backwardW_, innerDU_, innerDW_, workspace_;
    primitive forward_, backward_;
    Arguments forwardArguments_, backwardArguments_;
    std::map<std::pair<void *, void *>, reorder> reorders_;
};
