/* A month of choices in C, as the limit of what a processor does: the arithmetic of market/economics/race.py, customers
   side by side in single precision, those that it cannot decide in double precision. Compile with -O3 -march=native. */

#include <math.h>
#include <stdint.h>
#include <string.h>

#define LANES 512
#define GAMMA 0x9E3779B97F4A7C15ull
#define GAMMA_EPOCH 0xD1342543DE82EF95ull

static const float LN2 = 0.69314718f, FAR_AWAY = 1e30f;

static inline uint64_t mix(uint64_t x)
{
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ull;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBull;
    return x ^ (x >> 31);
}

static inline float as_float(int32_t bits) { float x; memcpy(&x, &bits, 4); return x; }
static inline int32_t as_bits(float x) { int32_t bits; memcpy(&bits, &x, 4); return bits; }

static inline float log1p_near(float x)
{
    return x + x * x * (-0.49991742f + x * (0.33274031f + x * (-0.2538797f + x * (0.21928103f + x * -0.14216042f))));
}

static inline float log_single(float x)
{
    int32_t bits = as_bits(x), power = (bits - 0x3F3504F3) >> 23;
    return power * LN2 + log1p_near(as_float(bits - (power << 23)) - 1.0f);
}

static inline float exp_single(float x)
{
    int32_t power = (int32_t)(x * 1.442695f + 64.5f) - 64;
    float y = x - power * LN2;
    float near = 1.0f + (y + y * y * (0.49999231f + y * (0.16667114f + y * (0.041890115f + y * 0.0083125252f))));
    return near * as_float((power + 127) << 23);
}

static inline float log_luck(int32_t draw)
{
    const float step = 4.656612873e-10f;
    int32_t other = draw ^ 0x7FFFFFFF;
    float u = (draw + 0.5f) * step;
    int32_t bits = as_bits(u), power = (bits - 0x3F3504F3) >> 23;
    float rest = as_float(bits - (power << 23)) - 1.0f;
    rest = power == 0 ? -(other + 0.5f) * step : rest;
    float luck = log_single(-(power * LN2 + log1p_near(rest)));
    return (draw < other ? draw : other) < 4096 ? -INFINITY : luck;
}

static double unit(uint64_t bits) { return ((double)(bits >> 11) + 0.5) * 0x1p-53; }

typedef struct {
    int32_t options, firms;
    const double *capability, *price;
    const int32_t *firm;
    const uint8_t *open_weights;
    const uint64_t *key;
    uint64_t race, outside, epoch;
    double scale, psi, phi, success_scale, centre;
} Month;

/* One customer in double precision. */
static int32_t decide(const Month *m, uint64_t owner, double difficulty, double worth, const float *taste, int access,
                      int32_t uses)
{
    double best = log(-log(unit(mix(owner ^ m->outside))));
    int32_t winner = -1;
    for (int32_t j = 0; j < m->options; j++) {
        if (m->open_weights[j] && !access) continue;
        double gap = (difficulty - m->capability[j]) / m->success_scale;
        double failure = gap > 0 ? gap + log1p(exp(-gap)) : log1p(exp(gap));
        double value = (1.0 - failure - m->price[j] / worth) / m->scale + taste[m->firm[j]];
        if (uses >= 0 && m->firm[j] == m->firm[uses]) value += m->psi + (j == uses ? m->phi : 0.0);
        double behind = -value + log(-log(unit(mix(owner ^ m->key[j]))));
        if (behind < best) { best = behind; winner = j; }
    }
    return winner;
}

/* All customers; writes the option of each, -1 for none. */
void choose(const Month *m, int64_t count, const float *difficulty, const float *worth, const float *taste,
            const uint8_t *access, const int32_t *uses, int32_t *chosen)
{
    static _Thread_local uint64_t owner[LANES];
    static _Thread_local float h[LANES], alpha[LANES], luck[LANES], best[LANES], second[LANES], pull[64][LANES];
    static _Thread_local float closed[LANES], doubt[LANES];
    static _Thread_local int32_t own[LANES], winner[LANES], draw[LANES];
    const float scale = 1.0 / m->scale, psi = m->psi, phi = m->phi, step = 1.0 / m->success_scale;
    for (int64_t first = 0; first < count; first += LANES) {
        int n = count - first < LANES ? (int)(count - first) : LANES;
        double easiest = INFINITY, richest = 0.0, strongest = 0.0;
        for (int k = 0; k < n; k++) {
            int64_t i = first + k;
            owner[k] = mix(mix(m->race + (uint64_t)i * GAMMA) + m->epoch * GAMMA_EPOCH);
            h[k] = (difficulty[i] - (float)m->centre) * step;
            alpha[k] = scale / worth[i];
            closed[k] = access[i] ? 0.0f : FAR_AWAY;
            own[k] = uses[i];
            if (h[k] < easiest) easiest = h[k];
            if (worth[i] > richest) richest = worth[i];
        }
        for (int k = 0; k < n; k++) h[k] = exp_single(h[k]);
        for (int f = 0; f < m->firms; f++)
            for (int k = 0; k < n; k++) {
                pull[f][k] = taste[(first + k) * m->firms + f];
                if (pull[f][k] > strongest) strongest = pull[f][k];
            }
        for (int k = 0; k < n; k++)
            if (own[k] >= 0) pull[m->firm[own[k]]][k] += psi;
        for (int k = 0; k < n; k++) draw[k] = (int32_t)(mix(owner[k] ^ m->outside) >> 33);
        for (int k = 0; k < n; k++) {
            best[k] = log_luck(draw[k]) + scale;
            second[k] = FAR_AWAY;
            winner[k] = -1;
            doubt[k] = 6e-4f + 1e-4f * scale;
        }
        for (int32_t j = 0; j < m->options; j++) {
            const float b = exp((m->centre - m->capability[j]) / m->success_scale), price = m->price[j];
            const float hidden = m->open_weights[j] ? 1.0f : 0.0f;
            const float *p = pull[m->firm[j]];
            /* What cannot win with the best of luck, were everything at its best among these customers, is passed over. */
            if (scale * log1p(exp(easiest) * b) + scale / richest * price > scale + 41.1 + strongest + psi + phi + 1.0)
                continue;
            const uint64_t key = m->key[j];
            for (int k = 0; k < n; k++) draw[k] = (int32_t)(mix(owner[k] ^ key) >> 33);
            for (int k = 0; k < n; k++) luck[k] = log_luck(draw[k]);
            for (int k = 0; k < n; k++) {
                float score = scale * log_single(1.0f + h[k] * b) + alpha[k] * price - p[k] + luck[k] + hidden * closed[k];
                score -= own[k] == j ? phi : 0.0f;
                int ahead = score < best[k];
                second[k] = ahead ? best[k] : (score < second[k] ? score : second[k]);
                winner[k] = ahead ? j : winner[k];
                best[k] = ahead ? score : best[k];
            }
        }
        for (int k = 0; k < n; k++) {
            int64_t i = first + k;
            if (!(second[k] - best[k] > doubt[k] + 1e-6f * (fabsf(second[k]) + fabsf(best[k]))))
                winner[k] = decide(m, owner[k], difficulty[i], worth[i], taste + i * m->firms, access[i], own[k]);
            chosen[i] = winner[k];
        }
    }
}
