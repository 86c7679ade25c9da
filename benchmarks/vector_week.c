/* The default week in vectors: the limit that the engine's speed is measured against.
 *
 * The same rules and the same draws as the engine, so that its weekly table comes out again, in double precision; but
 * for one service with teams of one size in which nothing is done, and with every step shaped for the machine:
 *
 * - A vector holds one person from each of WIDTH teams, a *block*; a team's sums are sums down the rows of its block.
 *   Within a team people stand in the order of how many ties they have, so that the ties of a row are about as many.
 * - Draws have a loop of their own, in which all registers are theirs.
 * - Everybody's gates are tried, without a branch. A chance p is compared as (1 - p) with 1 - u, and a logistic one
 *   multiplied out, so that nothing is divided; its exponential is a polynomial.
 * - What newcomers learn faster is not looked up by tenure; it fades with them from week to week.
 * - Counts by staff group are counts of bits. A person's share that cannot leave 0 to 1 is not kept within it.
 * - What is measured is added up while it is at hand, at the end of a person's week.
 * - A vacant seat has a safety of 0, so that sums over neighbours need not ask who is there; how many are is counted
 *   anew only round a seat that somebody has left or taken.
 *
 * As nothing is done, leaders spend their time as usual, no dialogue and no coaching reaches anybody, and what these
 * would add to the rules is left out. What is done once a week for each team and each senior leader, and for the few
 * who come and go, is plain C: it is small beside what is done for everybody.
 *
 * The parameters come as numbers in the order of `struct Rules`, which vector_week.py writes from their declarations:
 *
 *     gcc -O3 -march=native -shared -fPIC -include rules.h -o vector_week.so vector_week.c -lm
 */

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#ifdef __AVX2__
#include <immintrin.h>
#endif

/* WIDTH is what AVX2 holds; nothing else may be put in its place, for vectors are written out lane by lane. */
enum { WIDTH = 4, N_GROUPS = 5, MOST_SENIORS = 20 };
enum { MOST_PAIRS = MOST_SENIORS * (MOST_SENIORS - 1) / 2 };
enum Stream {
    OPPORTUNITY = 1, RESPONSE, NEWCOMER, TEAM_LEADER = 5, TEAM_LEADER_STYLE, SENIOR_LEADER, SENIOR_LEADER_STYLE,
    TURBULENCE, SHARED_TURBULENCE
};

static const double AGREES_ABOVE = 0.625, EMBEDDED_FROM = 0.5, WEEKS_PER_YEAR = 52.0;
static const double NO_TIME = 1e-9; /* in weeks: a post that is vacant for less is filled */
static const double STATUS_RANK[N_GROUPS] = {-1.0, 0.0, 0.0, 0.0, 1.0};

typedef double Vector __attribute__((vector_size(8 * WIDTH)));
typedef int64_t Mask __attribute__((vector_size(8 * WIDTH)));   /* all bits of a lane, or none */
typedef uint64_t Words __attribute__((vector_size(8 * WIDTH))); /* a random word in the lower half of each lane */

/* What a person's week has brought by the end of the gates. */
struct Experience {
    Mask ignored, punished, heard, learned;
    Vector neighbour_safety, leaving_draw;
};

struct Draws {
    Vector opportunity[4], response[4];
};

/* One to a block: a lane is a team and its leader. */
struct Block {
    Vector control, embedding, disposition, fail_well, mean_capability, facilitation;
    Vector links, linked_control;                    /* ties to other teams, and their leaders' mean control */
    Vector occupied, safety, fail_habit, capability; /* sums over the members at the end of last week */
    Vector ignored, punished, heard, learned;
    Mask is_team; /* whether there is a team in the lane */
};

/* Sums over the organisation at the end of a week. */
struct Sums {
    Vector occupied, safety, safety_sq, efficacy, efficacy_sq, aim, capability, cynicism;
    Vector manned, size_sq, team_sq, control, embedding, facilitation, punished, received, learned;
};

/* The state at the start of the burn-in, column by column: see `bring_people`. */
struct Beginning {
    const double *staff, *team_leaders, *seniors, *purpose, *service;
};

struct Week {
    struct Rules rules;
    uint32_t key[2];
    Words round_key[10][2];
    int n_teams, team_size, n_staff, n_blocks, n_rows, n_seniors, n_pairs;

    /* One vector to a row of people: n_rows = n_blocks * team_size. */
    Words *seat;
    Vector *safety, *safety_before, *efficacy, *aim, *capability, *cynicism, *safety_trait, *efficacy_trait, *newness;
    Vector *habit_voice, *habit_team, *habit_fail, *habit_learn;
    Vector *status; /* rank times the status gradient */
    Vector *vacant_weeks, *n_neighbours, *per_neighbour; /* the last is 1 / number of neighbours, 0 of none */
    Mask *is_there;
    int *moved, n_moved; /* slots that somebody has left or taken this week */
    int *tie_start, *tie;           /* rows of WIDTH ties each; `n_rows * WIDTH` is nobody */
    int *slot;                      /* where a seat is: row * WIDTH + lane */
    uint32_t *link_start, *link;    /* of a team, the teams that it is tied to */
    double *link_weight;

    /* One byte to a row, a bit to a lane; whole words of eight rows. */
    int n_words;
    uint64_t *is_safe, *is_confident, *is_embedded, *has_opportunity, *is_voiced, *is_joined;
    uint64_t *is_in_group[N_GROUPS], *is_staff, *is_present;
    int group_start[N_GROUPS + 1], *of_group; /* slots, group by group */

    struct Block *blocks;
    struct Draws *draws;            /* of the block at hand, as are these: */
    struct Experience *experiences;
    struct Sums sums;

    double senior_control[MOST_SENIORS], senior_embedding[MOST_SENIORS], senior_disposition[MOST_SENIORS];
    int weeks_in_post[MOST_SENIORS], is_leaving[MOST_SENIORS];
    double purpose[MOST_PAIRS];
    double turbulence, pressure, coherence, collective_voice, usual_voice, learned_share;
    double backlog, learning_stock;
    double staff_leavers, team_leader_leavers, senior_leader_leavers;
};

/* ---------------------------------------------------------------- vectors */

static inline Vector all(double value) { return (Vector){value, value, value, value}; }

static inline Vector where(Mask mask, Vector value) { return (Vector)(mask & (Mask)value); }

#ifdef __AVX2__
static inline Vector larger(Vector a, Vector b) { return (Vector)_mm256_max_pd((__m256d)a, (__m256d)b); }

static inline Vector smaller(Vector a, Vector b) { return (Vector)_mm256_min_pd((__m256d)a, (__m256d)b); }

static inline unsigned bits(Mask mask) { return (unsigned)_mm256_movemask_pd((__m256d)mask); }

/* The products of the lower halves. */
static inline Words times(Words a, uint32_t b)
{
    return (Words)_mm256_mul_epu32((__m256i)a, _mm256_set1_epi64x(b));
}

static inline Words lower_halves(Words low, Words high)
{
    return (Words)_mm256_blend_epi32((__m256i)high, (__m256i)low, 0x55);
}
#else
static inline Vector larger(Vector a, Vector b) { return where(a > b, a) + where(a <= b, b); }

static inline Vector smaller(Vector a, Vector b) { return where(a < b, a) + where(a >= b, b); }

static inline unsigned bits(Mask mask) 
{
    return (unsigned)((mask[0] & 1) | (mask[1] & 2) | (mask[2] & 4) | (mask[3] & 8));
}

static inline Words times(Words a, uint32_t b) { return (a & 0xFFFFFFFFu) * b; }

static inline Words lower_halves(Words low, Words high) { return (low & 0xFFFFFFFFu) | high; }
#endif

static inline Vector clip(Vector value) { return smaller(all(1.0), larger(all(0.0), value)); }

static inline double clip_one(double value) { return fmin(1.0, fmax(0.0, value)); }

static inline double sum(Vector v) { return (v[0] + v[1]) + (v[2] + v[3]); }

/* e to the power of x for |x| < 700: x = n ln 2 + r, and Taylor's polynomial in r, whose rest is below 2e-16. */
static inline Vector exponential(Vector x)
{
    const Vector shift = all(0x1.8p52); /* adding it rounds to whole numbers and leaves them in the lower bits */
    Vector shifted = x * all(M_LOG2E) + shift, n = shifted - shift;
    Vector r = x - n * all(0x1.62e42fefa39efp-1) - n * all(0x1.abc9e3b39803fp-56); /* ln 2 in two parts */
    Vector r2 = r * r, r4 = r2 * r2;
    Vector low = (1.0 + r) + r2 * (1.0 / 2 + r * (1.0 / 6));
    Vector middle = (1.0 / 24 + r * (1.0 / 120)) + r2 * (1.0 / 720 + r * (1.0 / 5040));
    Vector high = (1.0 / 40320 + r * (1.0 / 362880)) + r2 * (1.0 / 3628800 + r * (1.0 / 39916800));
    Vector power = low + r4 * (middle + r4 * (high + r4 * (1.0 / 479001600)));
    return (Vector)((Mask)power + ((Mask)shifted << 52));
}

/* ---------------------------------------------------------------- chance */

static const uint32_t M0 = 0xD2511F53u, M1 = 0xCD9E8D57u, W0 = 0x9E3779B9u, W1 = 0xBB67AE85u;

/* Philox4x32-10 for a vector of seats. Upper halves hold what is left of products; nothing reads them. */
static inline void draw(Vector uniform[4], const struct Week *w, enum Stream stream, int week, Words seat)
{
    Words zero = {0};
    Words x0 = seat, x1 = zero + (uint32_t)week, x2 = zero + (uint32_t)stream, x3 = zero;
#pragma GCC unroll 10
    for (int round = 0; round < 10; round++) {
        Words product0 = times(x0, M0), product1 = times(x2, M1);
        x0 = (product1 >> 32) ^ x1 ^ w->round_key[round][0];
        x1 = product1;
        x2 = (product0 >> 32) ^ x3 ^ w->round_key[round][1];
        x3 = product0;
    }
    /* Behind the upper half of 2^20 a word is worth its 2^-32th part. */
    const Words upper_half = zero + 0x4130000000000000u;
    const Vector offset = all(0x1p20 - 0x1p-33);
    uniform[0] = (Vector)lower_halves(x0, upper_half) - offset;
    uniform[1] = (Vector)lower_halves(x1, upper_half) - offset;
    uniform[2] = (Vector)lower_halves(x2, upper_half) - offset;
    uniform[3] = (Vector)lower_halves(x3, upper_half) - offset;
}

static void draw_one(double uniform[4], const struct Week *w, enum Stream stream, int week, int seat)
{
    Vector of_all[4];
    draw(of_all, w, stream, week, (Words){(uint32_t)seat});
    for (int lane = 0; lane < 4; lane++)
        uniform[lane] = of_all[lane][0];
}

/* A standard normal number from two uniform ones (Box and Muller); the second of the pair has sin for cos. */
static double normal(double uniform_a, double uniform_b)
{
    return sqrt(-2 * log(uniform_a)) * cos(2 * M_PI * uniform_b);
}

static double other_normal(double uniform_a, double uniform_b)
{
    return sqrt(-2 * log(uniform_a)) * sin(2 * M_PI * uniform_b);
}

static double outside_control(const struct Week *w, enum Stream stream, int week, int seat)
{
    double u[4];
    draw_one(u, w, stream, week, seat);
    return clip_one(w->rules.control_of_newcomers + w->rules.control_of_newcomers_sd * normal(u[0], u[1]));
}

/* ---------------------------------------------------------------- people */

/* Put a newcomer of the labour market in the seat in a row and lane. */
static void fill_seat(struct Week *w, int row, int lane, int week)
{
    const struct Rules *p = &w->rules;
    double u[4];
    draw_one(u, w, NEWCOMER, week, (int)w->seat[row][lane]);
    w->safety_trait[row][lane] = clip_one(p->safety_trait + p->safety_trait_sd * normal(u[0], u[1]));
    w->efficacy_trait[row][lane] = clip_one(p->efficacy_trait + p->efficacy_trait_sd * other_normal(u[0], u[1]));
    w->habit_voice[row][lane] = w->habit_team[row][lane] = p->initial_habit;
    w->habit_fail[row][lane] = w->habit_learn[row][lane] = p->initial_habit;
    w->safety[row][lane] = clip_one(w->safety_trait[row][lane] + p->newcomer_optimism);
    w->efficacy[row][lane] = clip_one(w->efficacy_trait[row][lane] + p->newcomer_optimism);
    w->aim[row][lane] = clip_one(p->initial_aim + p->newcomer_aim_sd * normal(u[2], u[3]));
    w->capability[row][lane] = w->cynicism[row][lane] = 0.0;
    w->newness[row][lane] = p->newcomer_susceptibility;
    w->vacant_weeks[row][lane] = 0.0;
    w->is_there[row][lane] = -1;
}

/* Let those leave whose draw is below their chance to, and fill posts whose time has come. */
static void replace_staff(struct Week *w, int row, Vector leaving, Mask candidates, Mask vacant, int week)
{
    const struct Rules *p = &w->rules;
    double rate = p->staff_turnover / WEEKS_PER_YEAR;
    for (int lane = 0; lane < WIDTH; lane++) {
        int64_t was_there = w->is_there[row][lane];
        double pull = p->safety_retention * (p->safety_trait - w->safety[row][lane]);
        if (vacant[lane]) {
            w->vacant_weeks[row][lane] = fmax(0.0, w->vacant_weeks[row][lane] - 1.0);
        } else if (candidates[lane] && leaving[lane] < rate * exp(pull)) {
            w->staff_leavers += 1.0;
            w->vacant_weeks[row][lane] = p->time_to_hire;
            w->is_there[row][lane] = 0;
            w->safety[row][lane] = 0.0;
        } else {
            continue;
        }
        if (w->vacant_weeks[row][lane] < NO_TIME)
            fill_seat(w, row, lane, week);
        if (w->is_there[row][lane] != was_there)
            w->moved[w->n_moved++] = row * WIDTH + lane;
    }
}

/* Count somebody's neighbours anew: `change` more of them. */
static void meet_neighbour(struct Week *w, int slot, double change)
{
    int row = slot / WIDTH, lane = slot % WIDTH;
    double n = w->n_neighbours[row][lane] + change;
    w->n_neighbours[row][lane] = n;
    w->per_neighbour[row][lane] = n > 0.0 ? 1.0 / n : 0.0;
}

/* Let teammates and ties of everybody who has come or gone know of it, before the next week. */
static void tell_neighbours(struct Week *w)
{
    for (int k = 0; k < w->n_moved; k++) {
        int row = w->moved[k] / WIDTH, lane = w->moved[k] % WIDTH, first = row / w->team_size * w->team_size;
        double change = w->is_there[row][lane] ? 1.0 : -1.0;
        for (int other = first; other < first + w->team_size; other++)
            if (other != row)
                meet_neighbour(w, other * WIDTH + lane, change);
        for (int tie = w->tie_start[row]; tie < w->tie_start[row + 1]; tie++)
            meet_neighbour(w, w->tie[tie * WIDTH + lane], change);
    }
    w->n_moved = 0;
}

/* Add a row of people to the sums of their teams and of the organisation. */
static inline void add_row(struct Week *w, struct Block *of_teams, struct Sums *of_block, int row)
{
    Mask there = w->is_there[row];
    Vector safety = w->safety[row], efficacy = where(there, w->efficacy[row]), fail = w->habit_fail[row];
    Vector weakest = smaller(smaller(w->habit_voice[row], w->habit_team[row]), smaller(fail, w->habit_learn[row]));
    of_teams->occupied += where(there, all(1.0));
    of_teams->safety += safety;
    of_teams->fail_habit += where(there, fail);
    of_teams->capability += where(there, w->capability[row]);
    of_block->safety_sq += safety * safety;
    of_block->efficacy += efficacy;
    of_block->efficacy_sq += efficacy * efficacy;
    of_block->aim += where(there, w->aim[row]);
    of_block->cynicism += where(there, w->cynicism[row]);
    ((uint8_t *)w->is_present)[row] = (uint8_t)bits(there);
    ((uint8_t *)w->is_safe)[row] = (uint8_t)bits(safety > all(AGREES_ABOVE));
    ((uint8_t *)w->is_confident)[row] = (uint8_t)bits(efficacy > all(AGREES_ABOVE));
    ((uint8_t *)w->is_embedded)[row] = (uint8_t)bits(there & (weakest >= all(EMBEDDED_FROM)));
}

/* Add the people of a block, whose rows are in `of_teams` and `of_block`, to the sums of the organisation. */
static inline void add_people(struct Week *w, struct Block *block, const struct Block *of_teams,
                              const struct Sums *of_block)
{
    struct Sums *sums = &w->sums;
    Vector one = all(1.0);
    Mask manned = of_teams->occupied > all(0.0);
    block->occupied = of_teams->occupied;
    block->safety = of_teams->safety;
    block->fail_habit = of_teams->fail_habit;
    block->capability = of_teams->capability;
    sums->occupied += block->occupied;
    sums->manned += where(manned, one);
    sums->size_sq += block->occupied * block->occupied;
    sums->team_sq += block->safety * block->safety / larger(one, block->occupied);
    sums->safety += block->safety;
    sums->capability += block->capability;
    sums->safety_sq += of_block->safety_sq;
    sums->efficacy += of_block->efficacy;
    sums->efficacy_sq += of_block->efficacy_sq;
    sums->aim += of_block->aim;
    sums->cynicism += of_block->cynicism;
}

/* Add the leaders of a block and what its teams have met. */
static inline void add_teams(struct Week *w, const struct Block *block)
{
    struct Sums *sums = &w->sums;
    Mask there = block->is_team;
    sums->control += where(there, block->control);
    sums->embedding += where(there, block->embedding);
    sums->facilitation += where(there, block->facilitation);
    sums->punished += where(there, block->punished);
    sums->learned += where(there, block->learned);
    sums->received += where(there, block->heard + block->learned);
}

/* ---------------------------------------------------------------- the week of a block */

static inline Vector neighbour_safety(const struct Week *w, const struct Block *block, int row)
{
    const double *safety = (const double *)w->safety_before;
    Vector total = block->safety - w->safety_before[row];
    for (int k = w->tie_start[row]; k < w->tie_start[row + 1]; k++) {
        const int *tie = w->tie + k * WIDTH;
        total += (Vector){safety[tie[0]], safety[tie[1]], safety[tie[2]], safety[tie[3]]};
    }
    Mask is_alone = w->per_neighbour[row] == all(0.0);
    return total * w->per_neighbour[row] + where(is_alone, w->safety_before[row]);
}

/* The gates of every row of a block, and what they do to the habits and aims of whoever comes to them. */
static inline void meet_opportunities(struct Week *w, int index, int week)
{
    const struct Rules *p = &w->rules;
    struct Block *block = &w->blocks[index];
    const Vector one = all(1.0), opportunity_rate = all(p->opportunity_rate);
    const Vector control = block->control, voice_safety = all(p->voice_safety), voice_efficacy = all(p->voice_efficacy);
    const Vector intercept =
        all(p->voice_intercept - p->voice_safety * p->voice_safety_reference -
            p->voice_efficacy * p->voice_efficacy_reference);
    const Vector unfacilitated = one - p->facilitation * block->facilitation;
    const Vector partly_unfacilitated = one - p->facilitated_learning * p->facilitation * block->facilitation;
    const Vector unstrained = all(1.0 - p->pressure_on_joining * w->pressure), message = all(w->collective_voice);
    const Vector by_leader = (one - control) * (1.0 - p->pressure_penalty * w->pressure);
    const Vector in_team = p->leader_weight * by_leader + (1.0 - p->leader_weight) * block->fail_well;
    const Vector not_received = (1.0 - p->fair_hearing) * (one - in_team) * unfacilitated;
    const Vector punishing = p->punish_rate * control;
    const Vector formed = all(p->habit_formation), eroded = all(p->habit_erosion);
    const Vector partly = all(p->habit_erosion * p->partial_erosion);
    const double disuse = p->habit_disuse * (p->disuse_at_rest + w->pressure);
    const Vector kept = all(1.0 - disuse), returned = all(disuse * p->initial_habit);
    const Vector aim_kept = all(1.0 - p->aim_rate);
    const Vector aim_set = all(p->aim_rate * (p->aim_unvoiced + (1.0 - p->aim_unvoiced) * w->collective_voice));
    Vector ignored = {0}, punished = {0}, heard = {0}, learned = {0};

    /* Draws in a loop of their own: all registers are free for them. */
    for (int i = 0; i < w->team_size; i++) {
        draw(w->draws[i].opportunity, w, OPPORTUNITY, week, w->seat[index * w->team_size + i]);
        draw(w->draws[i].response, w, RESPONSE, week, w->seat[index * w->team_size + i]);
    }
    for (int i = 0; i < w->team_size; i++) {
        int row = index * w->team_size + i;
        const Vector *u = w->draws[i].opportunity, *v = w->draws[i].response;
        Vector voice = w->habit_voice[row], team = w->habit_team[row], learn = w->habit_learn[row], aim = w->aim[row];
        Vector readiness = intercept + voice_safety * w->safety_before[row] + voice_efficacy * w->efficacy[row] -
                           w->status[row] * control;
        Vector around = neighbour_safety(w, block, row);
        Mask met = w->is_there[row] & (u[0] < opportunity_rate);
        Mask voiced = met & (u[1] - voice < (one - u[1]) * exponential(readiness));
        Mask joined = voiced & ((one - team) * (one - around * unstrained) * unfacilitated < one - v[0]);
        Mask received = joined & (not_received < one - v[1]);
        Mask is_punished = joined & ~received & (v[2] < punishing);
        Mask is_learned = received & ((one - learn) * (one - aim * message) * partly_unfacilitated < one - v[3]);
        Mask is_heard = received & ~is_learned, is_ignored = voiced & ~received & ~is_punished;
        ((uint8_t *)w->has_opportunity)[row] = (uint8_t)bits(met);
        ((uint8_t *)w->is_voiced)[row] = (uint8_t)bits(voiced);
        ((uint8_t *)w->is_joined)[row] = (uint8_t)bits(joined);
        w->experiences[i] = (struct Experience){is_ignored, is_punished, is_heard, is_learned, around, u[2]};
        ignored += where(is_ignored, one);
        punished += where(is_punished, one);
        heard += where(is_heard, one);
        learned += where(is_learned, one);

        /* What was rewarded forms, h + c (1 - h); what was not erodes, h - c h: they differ by c alone. */
        Vector rewarded = where(received, formed), unrewarded = where(is_ignored | is_punished, eroded);
        Vector voice_change = where((met & ~voiced) | is_punished, eroded) + where(is_ignored, partly) + rewarded;
        Vector learn_formed = where(is_learned, formed);
        voice += rewarded - voice_change * voice;
        team += rewarded - (unrewarded + rewarded) * team;
        learn += learn_formed - (learn_formed + where(is_heard, eroded)) * learn;
        w->habit_voice[row] = voice * kept + returned;
        w->habit_team[row] = team * kept + returned;
        w->habit_learn[row] = learn * kept + returned;
        w->aim[row] = aim * aim_kept + aim_set;
    }
    block->ignored = ignored;
    block->punished = punished;
    block->heard = heard;
    block->learned = learned;
}

/* What the week does to people, themselves and as witnesses; who leaves; and the sums of the week. */
static inline void change_staff(struct Week *w, int index, int week)
{
    const struct Rules *p = &w->rules;
    struct Block *block = &w->blocks[index];
    struct Block of_teams = {0};
    struct Sums of_block = {0};
    const Vector one = all(1.0);
    const Vector witness =
        p->witness_weight * smaller(one, p->witness_reach / larger(one, block->occupied - one));
    const Vector own = one - witness;
    const Vector settled = p->leader_effect * (p->reference_control - block->control) -
                           p->strain_effect * (w->pressure - p->usual_pressure);
    const Vector seen_well = witness * (block->heard + block->learned);
    const Vector seen_badly = witness * (block->ignored + block->punished), seen_learned = witness * block->learned;
    const Vector safety_gained =
        witness * (p->safety_gain_heard * block->heard + p->safety_gain_learned * block->learned);
    const Vector safety_lost =
        witness * (p->safety_loss_ignored * block->ignored + p->safety_loss_punished * block->punished);
    const Vector efficacy_gained =
        witness * (p->efficacy_gain_heard * block->heard + p->efficacy_gain_learned * block->learned);
    const Vector efficacy_lost =
        witness * (p->efficacy_loss_ignored * block->ignored + p->efficacy_loss_punished * block->punished);
    const Vector immunity = all(p->immunity), disillusion = all(p->disillusion);
    const Vector safety_heard = own * p->safety_gain_heard, safety_learned = own * p->safety_gain_learned;
    const Vector safety_ignored = own * p->safety_loss_ignored;
    const Vector safety_punished = own * p->safety_loss_punished;
    const Vector efficacy_heard = own * p->efficacy_gain_heard;
    const Vector efficacy_learned = own * p->efficacy_gain_learned;
    const Vector efficacy_ignored = own * p->efficacy_loss_ignored;
    const Vector efficacy_punished = own * p->efficacy_loss_punished;
    const Vector trait_pull = all(p->trait_pull), influence = all(p->social_influence);
    const Vector formed = all(p->habit_formation), eroded = all(p->habit_erosion);
    const double disuse = p->habit_disuse * (p->disuse_at_rest + w->pressure);
    const Vector kept = all(1.0 - disuse), returned = all(disuse * p->initial_habit);
    const Vector spread = p->capability_spread * block->facilitation, decay = all(p->capability_decay);
    const double fall = w->usual_voice - w->collective_voice - p->disappointment_dead_band;
    const Vector let_down = all(p->disappointment * fmax(0.0, fall));
    const Vector remembered = all(1.0 - p->disappointment * fmax(0.0, fall) - 1.0 / p->cynicism_memory);
    const Vector fading = all(exp(-1.0 / p->susceptibility_weeks));
    const Vector ceiling =
        all(p->staff_turnover / WEEKS_PER_YEAR * exp(p->safety_retention * p->safety_trait));

    for (int i = 0; i < w->team_size; i++) {
        int row = index * w->team_size + i;
        struct Experience e = w->experiences[i];
        Vector safety = w->safety_before[row], efficacy = w->efficacy[row], fail = w->habit_fail[row];
        Vector speed = one + w->newness[row], shield = one - immunity * fail;
        Vector cynicism = w->cynicism[row], openness = one - cynicism;
        Mask there = w->is_there[row];

        Vector gain = safety_gained + where(e.heard, safety_heard) + where(e.learned, safety_learned);
        Vector loss = safety_lost + where(e.ignored, safety_ignored) + where(e.punished, safety_punished);
        Vector pull = trait_pull * (safety - w->safety_trait[row] - settled);
        Vector change = speed * (openness * gain * (one - safety) - loss * shield * safety - pull);
        w->safety[row] = where(there, clip(safety + change + influence * (e.neighbour_safety - safety)));

        gain = efficacy_gained + where(e.heard, efficacy_heard) + where(e.learned, efficacy_learned);
        loss = efficacy_lost + where(e.ignored, efficacy_ignored) + where(e.punished, efficacy_punished);
        pull = trait_pull * (efficacy - w->efficacy_trait[row] * (one - disillusion * cynicism));
        change = speed * (openness * gain * (one - efficacy) - loss * shield * efficacy - pull);
        w->efficacy[row] = clip(efficacy + change);
        w->cynicism[row] = cynicism * remembered + let_down;

        Vector well_met = seen_well + where(e.heard | e.learned, own);
        Vector badly_met = seen_badly + where(e.ignored | e.punished, own);
        fail += formed * well_met * (one - fail) - eroded * badly_met * fail;
        w->habit_fail[row] = clip(fail * kept + returned);
        Vector capability = w->capability[row], learned = seen_learned + where(e.learned, own);
        w->capability[row] = capability + spread * learned * (one - capability) - decay * capability;
        w->newness[row] *= fading;

        Mask candidates = there & (e.leaving_draw < ceiling), vacant = block->is_team & ~there;
        if (bits(candidates | vacant))
            replace_staff(w, row, e.leaving_draw, candidates, vacant, week);
        add_row(w, &of_teams, &of_block, row);
    }
    add_people(w, block, &of_teams, &of_block);
}

/* ---------------------------------------------------------------- leaders and the service */

/* What teams are like at the start of the week, and the teams that they are tied to; plain C, as these are few. */
static void look_around(struct Week *w)
{
    const struct Rules *p = &w->rules;
    for (int index = 0; index < w->n_blocks; index++) {
        struct Block *block = &w->blocks[index];
        Vector occupied = larger(all(1.0), block->occupied);
        block->fail_well = block->fail_habit / occupied;
        block->mean_capability = block->capability / occupied;
    }
    for (int team = 0; team < w->n_teams; team++) {
        struct Block *block = &w->blocks[team / WIDTH];
        int lane = team % WIDTH;
        double links = block->links[lane], capability = 0.0, control = 0.0, reached = block->mean_capability[lane];
        for (uint32_t k = w->link_start[team]; k < w->link_start[team + 1]; k++) {
            const struct Block *there = &w->blocks[w->link[k] / WIDTH];
            capability += w->link_weight[k] * there->mean_capability[w->link[k] % WIDTH];
            control += w->link_weight[k] * there->control[w->link[k] % WIDTH];
        }
        if (links > 0.0)
            reached = (1.0 - p->reach) * reached + p->reach * capability / links;
        block->linked_control[lane] = links > 0.0 ? control / links : 0.0;
        block->facilitation[lane] = fmin(1.0, reached / p->critical_mass);
    }
}

static inline void change_team_leaders(struct Week *w, struct Block *block)
{
    const struct Rules *p = &w->rules;
    double expected = p->opportunity_rate * w->team_size;
    Vector control = block->control, one = all(1.0);
    Vector loosening = p->peer_coaching * block->facilitation + p->evidence / expected * block->learned;
    Vector by_peers = p->peer_norm * block->links / (block->links + p->links_half);
    Vector around = (one - by_peers) * p->control_norm + by_peers * block->linked_control;
    Vector back = (1.0 - p->own_style) * around + p->own_style * block->disposition;
    Vector pull = p->pull_to_control * w->pressure * (one - block->embedding) * (back - control);
    control = clip(control + p->imitation * ((1.0 - w->collective_voice) - control) - loosening * control + pull);
    block->control = control;
    block->embedding = clip(block->embedding + p->embedding * ((one - control) - block->embedding));
}

/* Return the seat of the member in a place, of those who are there. */
static int nth_member(const struct Week *w, int team, int place)
{
    int seat = team * w->team_size;
    for (;; seat++) {
        int slot = w->slot[seat];
        if (w->is_there[slot / WIDTH][slot % WIDTH] && place-- == 0)
            return seat;
    }
}

static inline void replace_team_leaders(struct Week *w, int index, int week)
{
    const struct Rules *p = &w->rules;
    struct Block *block = &w->blocks[index];
    Words first = {0, 1, 2, 3};
    Vector u[4];
    draw(u, w, TEAM_LEADER, week, first + (uint64_t)(index * WIDTH));
    Mask leaving = block->is_team & (u[0] < all(p->team_leader_turnover / WEEKS_PER_YEAR));
    if (!bits(leaving))
        return;
    for (int lane = 0; lane < WIDTH; lane++) {
        if (!leaving[lane])
            continue;
        int team = index * WIDTH + lane;
        w->team_leader_leavers += 1.0;
        if (u[1][lane] < p->internal_succession && block->occupied[lane] > 0.0) {
            int member = nth_member(w, team, (int)(u[2][lane] * block->occupied[lane]));
            double habit = ((double *)w->habit_fail)[w->slot[member]];
            block->control[lane] = clip_one(p->control_of_newcomers * (1.0 - habit));
            block->embedding[lane] = p->embedding_carried * habit;
        } else {
            block->control[lane] = outside_control(w, TEAM_LEADER_STYLE, week, team);
            block->embedding[lane] = 0.0;
        }
        block->disposition[lane] = block->control[lane];
    }
}

static void change_environment(struct Week *w, int week)
{
    const struct Rules *p = &w->rules;
    double own[4], shared[4], rho = p->turbulence_persistence;
    draw_one(own, w, TURBULENCE, week, 0);
    draw_one(shared, w, SHARED_TURBULENCE, week, 0);
    double noise = sqrt(p->shared_turbulence) * normal(shared[0], shared[1]) +
                   sqrt(1.0 - p->shared_turbulence) * normal(own[0], own[1]);
    w->turbulence = p->turbulence_mean + rho * (w->turbulence - p->turbulence_mean) +
                    sqrt(1.0 - rho * rho) * p->turbulence_sd * noise;
    double vacant = (w->n_staff - sum(w->sums.occupied)) / w->n_staff;
    w->pressure = clip_one(w->turbulence + p->backlog_pressure * w->backlog +
                           p->vacancy_pressure * (vacant - p->usual_vacancy));
}

static void hear_seniors(struct Week *w)
{
    double relational = 0.0, least = 1.0, purpose = 0.0;
    for (int j = 0; j < w->n_seniors; j++) {
        relational += (1.0 - w->senior_control[j]) / w->n_seniors;
        least = fmin(least, 1.0 - w->senior_control[j]);
    }
    for (int q = 0; q < w->n_pairs; q++)
        purpose += w->purpose[q] / w->n_pairs;
    w->coherence = fmin(1.0, purpose);
    double as_one = w->n_pairs ? w->coherence : 1.0;
    w->collective_voice = clip_one(as_one * relational + (1.0 - as_one) * least);
}

static void change_seniors(struct Week *w)
{
    const struct Rules *p = &w->rules;
    double mean = 0.0;
    for (int a = 0, q = 0; a < w->n_seniors; a++)
        for (int b = a + 1; b < w->n_seniors; b++, q++) {
            int is_filled = w->weeks_in_post[a] >= 0 && w->weeks_in_post[b] >= 0;
            double both = (1.0 - w->senior_control[a]) * (1.0 - w->senior_control[b]), purpose = w->purpose[q];
            double growth = is_filled ? p->purpose_gain * both : 0.0;
            w->purpose[q] =
                clip_one(purpose + growth * (1.0 - purpose) - p->purpose_loss * w->pressure * purpose);
        }
    for (int j = 0; j < w->n_seniors; j++)
        mean += w->senior_control[j] / w->n_seniors;
    for (int j = 0; j < w->n_seniors; j++) {
        double control = w->senior_control[j], *embedding = &w->senior_embedding[j];
        double back = (1.0 - p->own_style) * p->control_norm + p->own_style * w->senior_disposition[j];
        double unheld = w->pressure * (1.0 - p->purpose_holds * w->coherence);
        double pull = p->pull_to_control * unheld * (1.0 - *embedding) * (back - control);
        control = clip_one(control + p->imitation * w->coherence * (mean - control) -
                           p->evidence * w->learned_share * control + pull);
        w->senior_control[j] = control;
        *embedding = clip_one(*embedding + p->embedding * ((1.0 - control) - *embedding));
    }
}

static void replace_seniors(struct Week *w, int week)
{
    const struct Rules *p = &w->rules;
    double rate = p->senior_leader_turnover / WEEKS_PER_YEAR;
    w->senior_leader_leavers = 0.0;
    for (int first = 0; first < w->n_seniors; first += WIDTH) {
        Words lanes = {0, 1, 2, 3};
        Vector u[4];
        draw(u, w, SENIOR_LEADER, week, lanes + (uint64_t)first);
        for (int lane = 0; lane < WIDTH && first + lane < w->n_seniors; lane++) {
            int j = first + lane;
            w->weeks_in_post[j]++;
            w->is_leaving[j] = u[0][lane] < rate;
            if (!w->is_leaving[j])
                continue;
            if (u[1][lane] < p->internal_succession) {
                int team = (int)(u[2][lane] * w->n_teams);
                w->senior_control[j] = w->blocks[team / WIDTH].control[team % WIDTH];
                w->senior_embedding[j] = p->embedding_carried * w->blocks[team / WIDTH].embedding[team % WIDTH];
            } else {
                w->senior_control[j] = outside_control(w, SENIOR_LEADER_STYLE, week, j);
                w->senior_embedding[j] = 0.0;
            }
            w->senior_disposition[j] = w->senior_control[j];
            w->weeks_in_post[j] = -(int)p->vacancy_weeks;
            w->senior_leader_leavers += 1.0;
        }
    }
    for (int a = 0, q = 0; a < w->n_seniors; a++)
        for (int b = a + 1; b < w->n_seniors; b++, q++)
            if (w->is_leaving[a] || w->is_leaving[b])
                w->purpose[q] = p->initial_purpose;
}

static void one_week(struct Week *w, int week)
{
    const struct Rules *p = &w->rules;
    const double control = sum(w->sums.control) / w->n_teams;
    Vector *before = w->safety;
    w->safety = w->safety_before;
    w->safety_before = before;

    change_environment(w, week);
    hear_seniors(w);
    look_around(w);
    w->sums = (struct Sums){0};
    w->staff_leavers = w->team_leader_leavers = 0.0;
    for (int index = 0; index < w->n_blocks; index++) {
        struct Block *block = &w->blocks[index];
        meet_opportunities(w, index, week);
        change_staff(w, index, week);
        change_team_leaders(w, block);
        replace_team_leaders(w, index, week);
        add_teams(w, block);
    }
    w->learned_share = sum(w->sums.learned) / (p->opportunity_rate * w->n_staff);
    w->usual_voice += (w->collective_voice - w->usual_voice) / p->voice_memory;
    change_seniors(w);
    double stock = w->learning_stock;
    w->learning_stock = clip_one(stock + (w->learned_share - stock) / p->learning_memory_weeks);
    w->backlog = clip_one(w->backlog + p->problem_inflow * (1.0 - p->learning_relief * stock) -
                          p->clearing_rate * (1.0 + p->control_boost * control) * w->backlog);
    replace_seniors(w, week);
    tell_neighbours(w);
}

/* ---------------------------------------------------------------- the weekly table */

static double share(double part, double whole) { return whole > 0.0 ? part / whole : NAN; }

static double spread(double total, double squares, double n)
{
    return n > 1.0 ? sqrt(fmax(0.0, squares - total * total / n) / (n - 1.0)) : 0.0;
}

/* How many of a group have their bit set. */
static int count(const struct Week *w, const uint64_t *is_set, const uint64_t *is_member)
{
    int n = 0;
    for (int word = 0; word < w->n_words; word++)
        n += __builtin_popcountll(is_set[word] & is_member[word]);
    return n;
}

/* How the variance of safety parts between and within teams, of which vacancies make some smaller. */
static double clustering(const struct Sums *s)
{
    double n = sum(s->occupied), n_teams = sum(s->manned), safety = sum(s->safety), team_sq = sum(s->team_sq);
    if (n_teams < 2.0 || n <= n_teams)
        return NAN;
    double between = (team_sq - safety * safety / n) / (n_teams - 1.0);
    double within = (sum(s->safety_sq) - team_sq) / (n - n_teams);
    double typical_size = (n - sum(s->size_sq) / n) / (n_teams - 1.0);
    return share(between - within, between + (typical_size - 1.0) * within);
}

/* Write a row of the weekly table, its measures in the order of the engine's. */
static void record(const struct Week *w, double *row)
{
    const struct Sums *s = &w->sums;
    const struct Rules *p = &w->rules;
    double n = sum(s->occupied), n_teams = w->n_teams, safety = sum(s->safety), efficacy = sum(s->efficacy);
    double safety_sq = sum(s->safety_sq), senior_control = 0.0, senior_embedding = 0.0;
    double safe = 0.0, opportunities = 0.0, all_voiced = 0.0, received = sum(s->received), learned = sum(s->learned);
    double of_group[3][N_GROUPS];
    for (int group = 0; group < N_GROUPS; group++) {
        const uint64_t *is_member = w->is_in_group[group];
        int first = w->group_start[group], last = w->group_start[group + 1], k = first;
        double members = count(w, w->is_present, is_member), felt[4] = {0};
        double is_safe = count(w, w->is_safe, is_member), voiced = count(w, w->is_voiced, is_member);
        double met = count(w, w->has_opportunity, is_member);
        for (; k + 4 <= last; k += 4)
            for (int part = 0; part < 4; part++)
                felt[part] += ((double *)w->safety)[w->of_group[k + part]];
        for (; k < last; k++)
            felt[0] += ((double *)w->safety)[w->of_group[k]];
        of_group[0][group] = share(is_safe, members);
        of_group[1][group] = share(felt[0] + felt[1] + felt[2] + felt[3], members);
        of_group[2][group] = share(voiced, met);
        safe += is_safe;
        opportunities += met;
        all_voiced += voiced;
    }
    for (int j = 0; j < w->n_seniors; j++) {
        senior_control += w->senior_control[j] / w->n_seniors;
        senior_embedding += w->senior_embedding[j] / w->n_seniors;
    }
    double joined = count(w, w->is_joined, w->is_staff), for_purpose = p->usual_attention_purpose;
    double for_staff = p->usual_attention_staff, for_leaders = p->usual_attention_leaders;
    const double values[] = {
        safe / n, count(w, w->is_confident, w->is_staff) / n, safety / n, spread(safety, safety_sq, n),
        efficacy / n, spread(efficacy, sum(s->efficacy_sq), n), sum(s->aim) / n,
        share(all_voiced, opportunities), share(joined, all_voiced), share(received, joined), share(learned, received),
        opportunities, all_voiced, joined, received, learned, sum(s->punished),
        sum(s->control) / n_teams, senior_control, sum(s->embedding) / n_teams, senior_embedding,
        1.0 - for_purpose - for_staff - for_leaders, for_purpose, for_staff, for_leaders,
        w->coherence, w->collective_voice, sum(s->capability) / n, sum(s->facilitation) / n_teams,
        count(w, w->is_embedded, w->is_staff) / n, sum(s->cynicism) / n, (w->n_staff - n) / w->n_staff,
        w->pressure, w->backlog, w->learning_stock,
        w->staff_leavers, w->team_leader_leavers, w->senior_leader_leavers,
        clustering(s),
    };
    memcpy(row, values, sizeof values);
    memcpy(row + sizeof values / sizeof *values, of_group, sizeof of_group);
}

/* ---------------------------------------------------------------- the start */

static void *room(size_t n, size_t size)
{
    size_t bytes = (n * size + 63) / 64 * 64;
    void *memory = aligned_alloc(64, bytes ? bytes : 64);
    if (!memory)
        abort();
    return memset(memory, 0, bytes);
}

/* Give every seat its place, members with many ties first, and lay out ties row by row. */
static void take_places(struct Week *w, const uint32_t *tie_start, const uint32_t *tie)
{
    int nobody = w->n_rows * WIDTH, size = w->team_size;
    int *seat_at = room((size_t)nobody, sizeof *seat_at);
    for (int place = 0; place < nobody; place++)
        seat_at[place] = -1;
    for (int team = 0; team < w->n_teams; team++)
        for (int member = 0; member < size; member++) {
            int seat = team * size + member, rank = 0;
            uint32_t n_ties = tie_start[seat + 1] - tie_start[seat];
            for (int other = team * size; other < (team + 1) * size; other++) {
                uint32_t n_others = tie_start[other + 1] - tie_start[other];
                rank += n_others > n_ties || (n_others == n_ties && other < seat);
            }
            w->slot[seat] = (team / WIDTH * size + rank) * WIDTH + team % WIDTH;
            seat_at[w->slot[seat]] = seat;
        }
    int n = 0;
    for (int row = 0; row < w->n_rows; row++) {
        uint32_t depth = 0;
        w->tie_start[row] = n;
        for (int lane = 0; lane < WIDTH; lane++) {
            int seat = seat_at[row * WIDTH + lane];
            uint32_t n_ties = seat < 0 ? 0 : tie_start[seat + 1] - tie_start[seat];
            depth = n_ties > depth ? n_ties : depth;
        }
        w->tie = realloc(w->tie, (size_t)(n + (int)depth + 1) * WIDTH * sizeof *w->tie);
        if (!w->tie)
            abort();
        for (uint32_t k = 0; k < depth; k++, n++)
            for (int lane = 0; lane < WIDTH; lane++) {
                int seat = seat_at[row * WIDTH + lane];
                int is_tied = seat >= 0 && k < tie_start[seat + 1] - tie_start[seat];
                w->tie[n * WIDTH + lane] = is_tied ? w->slot[tie[tie_start[seat] + k]] : nobody;
            }
    }
    w->tie_start[w->n_rows] = n;
    for (int seat = 0; seat < w->n_staff; seat++) {
        int row = w->slot[seat] / WIDTH, lane = w->slot[seat] % WIDTH;
        w->seat[row][lane] = (uint64_t)seat;
        w->is_there[row][lane] = -1;
        meet_neighbour(w, w->slot[seat], size - 1.0 + tie_start[seat + 1] - tie_start[seat]);
    }
    free(seat_at);
}

static void join_groups(struct Week *w, const uint8_t *staff_group)
{
    int n = 0;
    for (int group = 0; group < N_GROUPS; group++) {
        w->group_start[group] = n;
        for (int seat = 0; seat < w->n_staff; seat++) {
            int row = w->slot[seat] / WIDTH, lane = w->slot[seat] % WIDTH;
            if (staff_group[seat] != group)
                continue;
            ((uint8_t *)w->is_in_group[group])[row] |= (uint8_t)(1 << lane);
            ((uint8_t *)w->is_staff)[row] |= (uint8_t)(1 << lane);
            w->status[row][lane] = w->rules.status_gradient * STATUS_RANK[group];
            w->of_group[n++] = w->slot[seat];
        }
    }
    w->group_start[N_GROUPS] = n;
}

/* Take the ties between teams; the other direction of each is among them. */
static void link_teams(struct Week *w, const uint32_t *link_start, const uint32_t *link, const double *link_weight)
{
    size_t n_teams = (size_t)w->n_teams, n_links = link_start[n_teams];
    w->link_start = room(n_teams + 1, sizeof *w->link_start);
    w->link = room(n_links, sizeof *w->link);
    w->link_weight = room(n_links, sizeof *w->link_weight);
    memcpy(w->link_start, link_start, (n_teams + 1) * sizeof *link_start);
    memcpy(w->link, link, n_links * sizeof *link);
    memcpy(w->link_weight, link_weight, n_links * sizeof *link_weight);
    for (int team = 0; team < w->n_teams; team++)
        for (uint32_t k = link_start[team]; k < link_start[team + 1]; k++)
            w->blocks[team / WIDTH].links[team % WIDTH] += link_weight[k];
}

/* Put everybody where the burn-in begins. The state comes column by column, in the order of vector_week.py. */
static void bring_people(struct Week *w, const struct Beginning *from)
{
    const struct Rules *p = &w->rules;
    Vector *columns[] = {w->safety, w->efficacy, w->aim, w->capability, w->cynicism, w->safety_trait,
                         w->efficacy_trait, w->habit_voice, w->habit_team, w->habit_fail, w->habit_learn};
    const int n_columns = sizeof columns / sizeof *columns;
    for (int seat = 0; seat < w->n_staff; seat++) {
        int row = w->slot[seat] / WIDTH, lane = w->slot[seat] % WIDTH;
        for (int column = 0; column < n_columns; column++)
            columns[column][row][lane] = from->staff[column * w->n_staff + seat];
        double tenure = from->staff[n_columns * w->n_staff + seat];
        w->newness[row][lane] = p->newcomer_susceptibility * exp(-tenure / p->susceptibility_weeks);
    }
    for (int team = 0; team < w->n_teams; team++) {
        struct Block *block = &w->blocks[team / WIDTH];
        int lane = team % WIDTH;
        block->is_team[lane] = -1;
        block->control[lane] = from->team_leaders[team];
        block->embedding[lane] = from->team_leaders[w->n_teams + team];
        block->disposition[lane] = from->team_leaders[2 * w->n_teams + team];
    }
    for (int j = 0; j < w->n_seniors; j++) {
        w->senior_control[j] = from->seniors[j];
        w->senior_embedding[j] = from->seniors[w->n_seniors + j];
        w->senior_disposition[j] = from->seniors[2 * w->n_seniors + j];
        w->weeks_in_post[j] = (int)from->seniors[3 * w->n_seniors + j];
    }
    memcpy(w->purpose, from->purpose, (size_t)w->n_pairs * sizeof *w->purpose);
    w->turbulence = from->service[0];
    w->usual_voice = from->service[1];
    w->backlog = from->service[2];
    w->learning_stock = from->service[3];
}

/* Run weeks; row k of `table` [n_weeks + 1, n_measures], unless it is NULL, is the state before week first_week + k. */
void run_weeks(struct Week *w, int first_week, int n_weeks, int n_measures, double *table)
{
    for (int k = 0; k <= n_weeks; k++) {
        if (table)
            record(w, table + (size_t)k * (size_t)n_measures);
        if (k < n_weeks)
            one_week(w, first_week + k);
    }
}

/* Return a service before its first week. `tie` [tie_start[seat] .. tie_start[seat + 1]] are the ties of a seat, and
 * `link` and `link_weight` likewise those of a team. */
struct Week *start(const struct Rules *rules, const uint32_t key[2], int n_teams, int team_size, int n_seniors,
                   const uint8_t *staff_group, const uint32_t *tie_start, const uint32_t *tie,
                   const uint32_t *link_start, const uint32_t *link, const double *link_weight,
                   const struct Beginning *beginning)
{
    if (n_teams < 1 || team_size < 2 || n_seniors < 1 || n_seniors > MOST_SENIORS)
        return NULL;
    struct Week *w = room(1, sizeof *w);
    w->rules = *rules;
    w->n_teams = n_teams;
    w->team_size = team_size;
    w->n_staff = n_teams * team_size;
    w->n_blocks = (n_teams + WIDTH - 1) / WIDTH;
    w->n_rows = w->n_blocks * team_size;
    w->n_words = (w->n_rows + 7) / 8;
    w->n_seniors = n_seniors;
    w->n_pairs = n_seniors * (n_seniors - 1) / 2;
    for (uint32_t round = 0; round < 10; round++) {
        w->round_key[round][0] = (Words){0} + (uint32_t)(key[0] + round * W0);
        w->round_key[round][1] = (Words){0} + (uint32_t)(key[1] + round * W1);
    }
    Vector **of_rows[] = {&w->safety, &w->safety_before, &w->efficacy, &w->aim, &w->capability, &w->cynicism,
                          &w->safety_trait, &w->efficacy_trait, &w->vacant_weeks, &w->n_neighbours,
                          &w->newness, &w->habit_voice, &w->habit_team, &w->habit_fail,
                          &w->habit_learn, &w->status, &w->per_neighbour};
    for (size_t i = 0; i < sizeof of_rows / sizeof *of_rows; i++)
        *of_rows[i] = room((size_t)w->n_rows + 1, sizeof(Vector)); /* the last is nobody's */
    uint64_t **of_bits[] = {&w->is_safe, &w->is_confident, &w->is_embedded, &w->has_opportunity, &w->is_voiced,
                            &w->is_joined, &w->is_staff, &w->is_present};
    for (size_t i = 0; i < sizeof of_bits / sizeof *of_bits; i++)
        *of_bits[i] = room((size_t)w->n_words, sizeof(uint64_t));
    for (int group = 0; group < N_GROUPS; group++)
        w->is_in_group[group] = room((size_t)w->n_words, sizeof(uint64_t));
    w->seat = room((size_t)w->n_rows, sizeof *w->seat);
    w->is_there = room((size_t)w->n_rows, sizeof *w->is_there);
    w->moved = room((size_t)w->n_staff, sizeof *w->moved);
    w->tie_start = room((size_t)w->n_rows + 1, sizeof *w->tie_start);
    w->slot = room((size_t)w->n_staff, sizeof *w->slot);
    w->of_group = room((size_t)w->n_staff, sizeof *w->of_group);
    w->blocks = room((size_t)w->n_blocks, sizeof *w->blocks);
    w->draws = room((size_t)team_size, sizeof *w->draws);
    w->experiences = room((size_t)team_size, sizeof *w->experiences);
    take_places(w, tie_start, tie);
    join_groups(w, staff_group);
    link_teams(w, link_start, link, link_weight);
    bring_people(w, beginning);

    for (int index = 0; index < w->n_blocks; index++) {
        struct Block of_teams = {0};
        struct Sums of_block = {0};
        for (int i = 0; i < team_size; i++)
            add_row(w, &of_teams, &of_block, index * team_size + i);
        add_people(w, &w->blocks[index], &of_teams, &of_block);
        add_teams(w, &w->blocks[index]);
    }
    return w;
}

/* Give back what `start` has taken. */
void stop(struct Week *w)
{
    void *taken[] = {w->cynicism, w->vacant_weeks, w->n_neighbours, w->is_there, w->moved, w->is_present,
                     w->link_start, w->link, w->link_weight, w->seat, w->safety, w->safety_before, w->efficacy,
                     w->aim, w->capability, w->safety_trait,
                     w->efficacy_trait, w->newness, w->habit_voice, w->habit_team, w->habit_fail, w->habit_learn,
                     w->status, w->per_neighbour, w->tie_start, w->tie, w->slot, w->is_safe, w->is_confident,
                     w->is_embedded, w->has_opportunity, w->is_voiced, w->is_joined, w->is_staff, w->of_group,
                     w->blocks, w->draws, w->experiences};
    for (size_t i = 0; i < sizeof taken / sizeof *taken; i++)
        free(taken[i]);
    for (int group = 0; group < N_GROUPS; group++)
        free(w->is_in_group[group]);
    free(w);
}
