/* A plain C implementation of the model: structs of arrays, one loop for each step of the week.
 *
 * It says how fast the week runs when a compiler is given ordinary scalar code, and it is a second, independent
 * reading of the rules. `one_week` lists the steps in order. Every random number is a function of the seed, the
 * week, the purpose of the draw and the seat, so that two runs with one seed share their chance events.
 * Of the weekly table it keeps the share that feels safe.
 *
 *     gcc -O3 -o plain_loop plain_loop.c -lm
 *     ./plain_loop n_services n_teams team_size n_weeks seed [baseline | programme | capacity]
 *
 * prints "nanoseconds_per_person_week mean_safe_share"; the time is processor time without the burn-in.
 * `programme` is a year of support; `capacity` adds the exit of two senior leaders and internal facilitators.
 */

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { TRIO = 3, N_PAIRS = 3, N_GROUPS = 5, RING_REACH = 2, BURN_IN_WEEKS = 104 };

static const double WEEKS_PER_YEAR = 52.0;
static const double AGREEMENT = 0.625; /* above this a person agrees with the survey item */
static const int PAIR[N_PAIRS][2] = {{0, 1}, {0, 2}, {1, 2}};

/* Staff groups: medical, nursing, allied health, operations, administration. */
static const double GROUP_SHARE[N_GROUPS] = {0.15, 0.45, 0.20, 0.10, 0.10};
static const double GROUP_RANK[N_GROUPS] = {-1, 0, 0, 0, 1};

/* Rates are per week unless the name says per year. */
struct Parameters {
    /* The teaming cycle */
    double opportunity_rate, voice_intercept, voice_safety, voice_efficacy, status_gradient;
    double fair_hearing, leader_weight, pressure_penalty, punish_rate;
    /* What people expect of any workplace */
    double safety_trait, safety_trait_sd, efficacy_trait, efficacy_trait_sd, newcomer_optimism;
    /* What events do to safety and efficacy */
    double safety_gain_heard, safety_gain_learned, safety_loss_ignored, safety_loss_punished;
    double efficacy_gain_heard, efficacy_gain_learned, efficacy_loss_ignored, efficacy_loss_punished;
    double witness_weight, social_influence, trait_pull, leader_effect, strain_effect, immunity;
    double newcomer_susceptibility, susceptibility_weeks;
    /* Habits and aim */
    double habit_formation, habit_erosion, partial, disuse, initial_habit;
    double initial_aim, initial_aim_sd, aim_rate, dialogue_aim;
    /* Leaders */
    double control_of_newcomers, control_of_newcomers_sd, control_norm;
    double pull_to_control, imitation, evidence, embedding;
    double initial_purpose, purpose_gain, purpose_loss;
    int vacancy_weeks;
    /* Support and facilitators */
    double coach, stretch, peer_coach, dialogue_gain, backfire;
    double facilitation, critical_mass, capability_spread, capability_decay;
    /* The service and its environment */
    double turbulence, turbulence_sd, turbulence_autocorrelation, backlog_pressure;
    double problem_inflow, learning_relief, clearing_rate, control_boost, learning_memory_weeks;
    double initial_backlog, initial_learning;
    /* Turnover */
    double staff_turnover_per_year, team_leader_turnover_per_year, senior_turnover_per_year;
    double safety_retention, internal_succession;
    /* Ties */
    double cross_team_ties, rewired_share;
};

static const struct Parameters DEFAULTS = {
    .opportunity_rate = 0.30, .voice_intercept = 0.81, .voice_safety = 2.9, .voice_efficacy = 1.3,
    .status_gradient = 0.3,
    .fair_hearing = 0.47, .leader_weight = 0.64, .pressure_penalty = 0.30, .punish_rate = 0.04,
    .safety_trait = 0.67, .safety_trait_sd = 0.26, .efficacy_trait = 0.65, .efficacy_trait_sd = 0.26,
    .newcomer_optimism = 0.02,
    .safety_gain_heard = 0.013, .safety_gain_learned = 0.022,
    .safety_loss_ignored = 0.004, .safety_loss_punished = 0.27,
    .efficacy_gain_heard = 0.024, .efficacy_gain_learned = 0.030,
    .efficacy_loss_ignored = 0.020, .efficacy_loss_punished = 0.10,
    .witness_weight = 0.26, .social_influence = 0.025, .trait_pull = 0.05,
    .leader_effect = 0.30, .strain_effect = 0.07, .immunity = 0.5,
    .newcomer_susceptibility = 1.0, .susceptibility_weeks = 13.0,
    .habit_formation = 0.045, .habit_erosion = 0.058, .partial = 0.5, .disuse = 0.0071, .initial_habit = 0.05,
    .initial_aim = 0.65, .initial_aim_sd = 0.1, .aim_rate = 0.02, .dialogue_aim = 0.05,
    .control_of_newcomers = 0.70, .control_of_newcomers_sd = 0.15, .control_norm = 0.75,
    .pull_to_control = 0.049, .imitation = 0.026, .evidence = 0.026, .embedding = 0.0069,
    .initial_purpose = 0.15, .purpose_gain = 0.04, .purpose_loss = 0.023, .vacancy_weeks = 30,
    .coach = 0.058, .stretch = 0.5, .peer_coach = 0.05, .dialogue_gain = 0.015, .backfire = 0.5,
    .facilitation = 0.44, .critical_mass = 0.29, .capability_spread = 0.0057, .capability_decay = 0.012,
    .turbulence = 0.28, .turbulence_sd = 0.10, .turbulence_autocorrelation = 0.9, .backlog_pressure = 0.2,
    .problem_inflow = 0.10, .learning_relief = 0.8, .clearing_rate = 0.08, .control_boost = 0.3,
    .learning_memory_weeks = 39.0, .initial_backlog = 0.9, .initial_learning = 0.05,
    .staff_turnover_per_year = 0.14, .team_leader_turnover_per_year = 0.15, .senior_turnover_per_year = 0.25,
    .safety_retention = 0.6, .internal_succession = 0.4,
    .cross_team_ties = 3.0, .rewired_share = 0.1,
};

/* What is done in one week. */
struct Support {
    double coach_seniors, coach_team_leaders, dialogue, training_share;
    int n_seniors_leaving;
};

/* What became of a week's opportunity. */
enum Outcome { NOTHING, SILENT, IGNORED, PUNISHED, HEARD, LEARNED, N_OUTCOMES };

/* What a random number is for. */
enum Purpose {
    WEEK, GATES, NEWCOMER, TURBULENCE, TEAM_LEADER_LEAVES, TEAM_SUCCESSOR, SENIOR_LEAVES, SENIOR_SUCCESSOR,
    INITIAL_PERSON, INITIAL_TENURE, INITIAL_TEAM_LEADER, INITIAL_SENIOR, TIE
};

struct World {
    int n_services, n_teams, team_size; /* teams per service, staff per team */
    int n_all_teams, n_staff, n_seniors;
    int week;
    uint64_t seed;
    struct Parameters parameters;

    /* staff */
    double *safety, *efficacy, *aim, *safety_trait, *efficacy_trait, *rank;
    double *voice_habit, *team_habit, *fail_habit, *learn_habit, *capability, *neighbours_safety;
    double *leaving_draw, *training_draw;
    int *tenure_weeks, *outcome;
    int *tie_start, *tie; /* cross-team ties of i: tie[tie_start[i]] up to tie[tie_start[i + 1]] */

    /* team leaders and their teams */
    double *leader_control, *leader_embedding, *team_safety, *team_fail_habit, *critical_share;
    int (*team_count)[N_OUTCOMES];

    /* senior leaders and pairs of them, TRIO and N_PAIRS to a service */
    double *senior_control, *senior_embedding, *purpose;
    int *vacancy_weeks_left;

    /* services */
    double *turbulence, *pressure, *backlog, *learning, *shared_purpose, *message, *learned_share;
};

/* ---------------------------------------------------------------- chance */

/* Philox4x32-10: four random words for each counter and key. */
static void philox(uint32_t word[4], uint64_t seed)
{
    uint32_t key0 = (uint32_t)seed, key1 = (uint32_t)(seed >> 32);
    for (int round = 0; round < 10; round++) {
        uint64_t product0 = (uint64_t)0xD2511F53u * word[0];
        uint64_t product1 = (uint64_t)0xCD9E8D57u * word[2];
        uint32_t second = word[1], fourth = word[3];
        word[0] = (uint32_t)(product1 >> 32) ^ second ^ key0;
        word[1] = (uint32_t)product1;
        word[2] = (uint32_t)(product0 >> 32) ^ fourth ^ key1;
        word[3] = (uint32_t)product0;
        key0 += 0x9E3779B9u;
        key1 += 0xBB67AE85u;
    }
}

/* Four draws in (0, 1) that belong to this week, purpose and seat. */
static void draw(double uniform[4], const struct World *world, enum Purpose purpose, int seat)
{
    uint32_t word[4] = {(uint32_t)seat, (uint32_t)world->week, (uint32_t)purpose, 0};
    philox(word, world->seed);
    for (int i = 0; i < 4; i++)
        uniform[i] = (word[i] + 0.5) * 0x1p-32;
}

/* Two independent standard normal deviates from two uniform draws (Box and Muller). */
static void normal_pair(double deviate[2], double first, double second)
{
    double radius = sqrt(-2.0 * log(first)), angle = 6.283185307179586 * second;
    deviate[0] = radius * cos(angle);
    deviate[1] = radius * sin(angle);
}

static double normal(double first, double second)
{
    double deviate[2];
    normal_pair(deviate, first, second);
    return deviate[0];
}

static double clip(double value) { return value < 0.0 ? 0.0 : value > 1.0 ? 1.0 : value; }

/* ---------------------------------------------------------------- week 0 of the burn-in */

static void *allocate(size_t n, size_t size)
{
    void *memory = calloc(n, size);
    if (!memory) {
        fprintf(stderr, "not enough memory\n");
        exit(1);
    }
    return memory;
}

static double *column(int n) { return allocate((size_t)n, sizeof(double)); }

static int *counts(int n) { return allocate((size_t)n, sizeof(int)); }

/* A small world of ties across the teams of a service.
 *
 * Around a ring the teams take turns; everyone is tied to the next two, a share of these ties is rewired to
 * someone at random, and thinning leaves the wanted mean number of ties.
 */
static void tie_staff(struct World *w)
{
    struct Parameters p = w->parameters;
    int n = w->n_teams * w->team_size; /* staff of a service */
    int (*edge)[2] = allocate((size_t)w->n_staff * RING_REACH + 1, sizeof *edge);
    int n_edges = 0;

    for (int service = 0; service < w->n_services; service++) {
        int first_edge = n_edges;
        for (int place = 0; place < n; place++) {
            for (int step = 1; step <= RING_REACH; step++) {
                double u[4];
                draw(u, w, TIE, (service * n + place) * RING_REACH + step - 1);
                int is_rewired = u[0] < p.rewired_share;
                int other = is_rewired ? (int)(u[1] * n) : (place + step) % n;
                int is_new = u[2] < p.cross_team_ties / (2 * RING_REACH);
                if (place % w->n_teams == other % w->n_teams) /* the same team */
                    is_new = 0;
                int a = service * n + place % w->n_teams * w->team_size + place / w->n_teams;
                int b = service * n + other % w->n_teams * w->team_size + other / w->n_teams;
                for (int k = first_edge; is_new && k < n_edges; k++)
                    if ((edge[k][0] == a && edge[k][1] == b) || (edge[k][0] == b && edge[k][1] == a))
                        is_new = 0;
                if (is_new) {
                    edge[n_edges][0] = a;
                    edge[n_edges][1] = b;
                    n_edges++;
                }
            }
        }
    }

    w->tie_start = counts(w->n_staff + 1);
    w->tie = counts(2 * n_edges + 1);
    for (int k = 0; k < n_edges; k++)
        for (int end = 0; end < 2; end++)
            w->tie_start[edge[k][end] + 1]++;
    for (int i = 0; i < w->n_staff; i++)
        w->tie_start[i + 1] += w->tie_start[i];
    int *filled = counts(w->n_staff);
    for (int k = 0; k < n_edges; k++)
        for (int end = 0; end < 2; end++) {
            int i = edge[k][end];
            w->tie[w->tie_start[i] + filled[i]++] = edge[k][1 - end];
        }
    free(filled);
    free(edge);
}

static void build_world(struct World *w, int n_services, int n_teams, int team_size, uint64_t seed)
{
    w->n_services = n_services;
    w->n_teams = n_teams;
    w->team_size = team_size;
    w->n_all_teams = n_services * n_teams;
    w->n_staff = w->n_all_teams * team_size;
    w->n_seniors = n_services * TRIO;
    w->week = -BURN_IN_WEEKS - 1; /* the draws of the start belong to no week that is run */
    w->seed = seed;
    w->parameters = DEFAULTS;
    struct Parameters p = w->parameters;

    double **of_staff[] = {&w->safety, &w->efficacy, &w->aim, &w->safety_trait, &w->efficacy_trait, &w->rank,
                           &w->voice_habit, &w->team_habit, &w->fail_habit, &w->learn_habit, &w->capability,
                           &w->neighbours_safety, &w->leaving_draw, &w->training_draw};
    for (size_t i = 0; i < sizeof of_staff / sizeof *of_staff; i++)
        *of_staff[i] = column(w->n_staff);
    w->tenure_weeks = counts(w->n_staff);
    w->outcome = counts(w->n_staff);
    double **of_teams[] = {&w->leader_control, &w->leader_embedding, &w->team_safety, &w->team_fail_habit,
                           &w->critical_share};
    for (size_t i = 0; i < sizeof of_teams / sizeof *of_teams; i++)
        *of_teams[i] = column(w->n_all_teams);
    w->team_count = allocate((size_t)w->n_all_teams, sizeof *w->team_count);
    w->senior_control = column(w->n_seniors);
    w->senior_embedding = column(w->n_seniors);
    w->vacancy_weeks_left = counts(w->n_seniors);
    w->purpose = column(n_services * N_PAIRS);
    double **of_services[] = {&w->turbulence, &w->pressure, &w->backlog, &w->learning, &w->shared_purpose,
                              &w->message, &w->learned_share};
    for (size_t i = 0; i < sizeof of_services / sizeof *of_services; i++)
        *of_services[i] = column(n_services);

    double u[4], z[2];
    for (int i = 0; i < w->n_staff; i++) {
        draw(u, w, INITIAL_PERSON, i);
        normal_pair(z, u[0], u[1]);
        w->safety[i] = w->safety_trait[i] = clip(p.safety_trait + p.safety_trait_sd * z[0]);
        w->efficacy[i] = w->efficacy_trait[i] = clip(p.efficacy_trait + p.efficacy_trait_sd * z[1]);
        w->aim[i] = clip(p.initial_aim + p.initial_aim_sd * normal(u[2], u[3]));
        w->voice_habit[i] = w->team_habit[i] = w->fail_habit[i] = w->learn_habit[i] = p.initial_habit;
        draw(u, w, INITIAL_TENURE, i);
        w->tenure_weeks[i] = (int)(-log(u[0]) * WEEKS_PER_YEAR / p.staff_turnover_per_year);
        int group = 0;
        for (double below = GROUP_SHARE[0]; group < N_GROUPS - 1 && u[1] >= below; below += GROUP_SHARE[group])
            group++;
        w->rank[i] = GROUP_RANK[group];
    }
    for (int t = 0; t < w->n_all_teams; t++) {
        draw(u, w, INITIAL_TEAM_LEADER, t);
        w->leader_control[t] = clip(p.control_of_newcomers + p.control_of_newcomers_sd * normal(u[0], u[1]));
    }
    for (int j = 0; j < w->n_seniors; j++) {
        draw(u, w, INITIAL_SENIOR, j);
        w->senior_control[j] = clip(p.control_of_newcomers + p.control_of_newcomers_sd * normal(u[0], u[1]));
    }
    for (int q = 0; q < n_services * N_PAIRS; q++)
        w->purpose[q] = p.initial_purpose;
    for (int v = 0; v < n_services; v++) {
        w->turbulence[v] = p.turbulence;
        w->backlog[v] = p.initial_backlog;
        w->learning[v] = p.initial_learning;
    }
    tie_staff(w);
    w->week = -BURN_IN_WEEKS;
}

/* ---------------------------------------------------------------- the steps of a week */

/* 1. Turbulence wanders about its mean; with the backlog it makes the pressure of the week. */
static void change_environment(struct World *w)
{
    struct Parameters p = w->parameters;
    double rho = p.turbulence_autocorrelation;
    for (int v = 0; v < w->n_services; v++) {
        double u[4];
        draw(u, w, TURBULENCE, v);
        w->turbulence[v] = p.turbulence + rho * (w->turbulence[v] - p.turbulence) +
                           sqrt(1 - rho * rho) * p.turbulence_sd * normal(u[0], u[1]);
        w->pressure[v] = clip(w->turbulence[v] + p.backlog_pressure * w->backlog[v]);
    }
}

/* 2. With shared purpose the trio is heard as one; without it the most controlling sets the tone. */
static void hear_trio(struct World *w)
{
    for (int v = 0; v < w->n_services; v++) {
        const double *control = w->senior_control + v * TRIO;
        const double *purpose = w->purpose + v * N_PAIRS;
        double mean_relational = 0.0, least_relational = 1.0, shared = 0.0;
        for (int j = 0; j < TRIO; j++) {
            mean_relational += (1 - control[j]) / TRIO;
            least_relational = fmin(least_relational, 1 - control[j]);
        }
        for (int q = 0; q < N_PAIRS; q++)
            shared += purpose[q] / N_PAIRS;
        w->shared_purpose[v] = shared;
        w->message[v] = shared * mean_relational + (1 - shared) * least_relational;
    }
}

/* 3a. What the teaming cycle needs to know of each team. */
static void take_stock_of_teams(struct World *w)
{
    double critical_mass = w->parameters.critical_mass;
    for (int t = 0; t < w->n_all_teams; t++) {
        double safety = 0.0, fail_habit = 0.0, capability = 0.0;
        for (int i = t * w->team_size; i < (t + 1) * w->team_size; i++) {
            safety += w->safety[i];
            fail_habit += w->fail_habit[i];
            capability += w->capability[i];
        }
        w->team_safety[t] = safety;
        w->team_fail_habit[t] = fail_habit / w->team_size;
        w->critical_share[t] = fmin(1.0, capability / w->team_size / critical_mass);
        memset(w->team_count[t], 0, sizeof w->team_count[t]);
    }
}

/* An opportunity passes up to four gates and stops at the first that fails. */
static enum Outcome pass_gates(const struct World *w, const struct Parameters *p, int i, int t, int v)
{
    double control = w->leader_control[t], pressure = w->pressure[v];
    double facilitated = p->facilitation * w->critical_share[t];
    double u[4]; /* voiced, joined, well received; then either learned or punished */
    draw(u, w, GATES, i);

    double logit = p->voice_intercept + p->voice_safety * (w->safety[i] - p->safety_trait) +
                   p->voice_efficacy * (w->efficacy[i] - p->efficacy_trait) -
                   p->status_gradient * w->rank[i] * control;
    double x = w->voice_habit[i] + (1 - w->voice_habit[i]) / (1 + exp(-logit));
    if (u[0] >= x)
        return SILENT;

    x = w->team_habit[i] + (1 - w->team_habit[i]) * w->neighbours_safety[i] * (1 - pressure / 2);
    x += (1 - x) * facilitated;
    if (u[1] >= x)
        return IGNORED;

    x = p->leader_weight * (1 - control) * (1 - p->pressure_penalty * pressure) +
        (1 - p->leader_weight) * w->team_fail_habit[t];
    x = p->fair_hearing + (1 - p->fair_hearing) * x;
    x += (1 - x) * facilitated;
    if (u[2] >= x)
        return u[3] < p->punish_rate * control ? PUNISHED : IGNORED;

    x = w->learn_habit[i] + (1 - w->learn_habit[i]) * w->aim[i] * w->message[v];
    x += (1 - x) * facilitated / 2;
    return u[3] < x ? LEARNED : HEARD;
}

/* 3b. The teaming cycle. The draws for training and leaving are kept for the end of the week. */
static void meet_opportunities(struct World *w)
{
    struct Parameters p = w->parameters;
    for (int t = 0; t < w->n_all_teams; t++) {
        int v = t / w->n_teams;
        for (int i = t * w->team_size; i < (t + 1) * w->team_size; i++) {
            double around = w->team_safety[t] - w->safety[i];
            for (int k = w->tie_start[i]; k < w->tie_start[i + 1]; k++)
                around += w->safety[w->tie[k]];
            int n_neighbours = w->team_size - 1 + w->tie_start[i + 1] - w->tie_start[i];
            w->neighbours_safety[i] = n_neighbours ? around / n_neighbours : w->safety[i];

            double u[4];
            draw(u, w, WEEK, i);
            w->training_draw[i] = u[1];
            w->leaving_draw[i] = u[2];
            enum Outcome outcome = u[0] < p.opportunity_rate ? pass_gates(w, &p, i, t, v) : NOTHING;
            w->outcome[i] = outcome;
            w->team_count[t][outcome]++;
        }
    }
}

/* 4. Staff: safety, efficacy, aim, habits and capability. Everything read here of others is already summed up
 * in the team and in neighbours_safety, so that the columns can be changed in place. */
static void change_staff(struct World *w, struct Support support)
{
    struct Parameters p = w->parameters;
    double dialogue = p.dialogue_gain * support.dialogue, witness = p.witness_weight;
    for (int t = 0; t < w->n_all_teams; t++) {
        int v = t / w->n_teams;
        double pressure = w->pressure[v], message = w->message[v], critical_share = w->critical_share[t];
        const int *count = w->team_count[t];
        double mood = p.leader_effect * (p.control_of_newcomers - w->leader_control[t]) -
                      p.strain_effect * (pressure - 0.5);
        double disuse = p.disuse * (0.5 + pressure);
        for (int i = t * w->team_size; i < (t + 1) * w->team_size; i++) {
            int outcome = w->outcome[i];
            double ignored = witness * count[IGNORED] + (outcome == IGNORED ? 1 - witness : 0);
            double punished = witness * count[PUNISHED] + (outcome == PUNISHED ? 1 - witness : 0);
            double heard = witness * count[HEARD] + (outcome == HEARD ? 1 - witness : 0);
            double learned = witness * count[LEARNED] + (outcome == LEARNED ? 1 - witness : 0);
            double z = 1 + p.newcomer_susceptibility * exp(-w->tenure_weeks[i] / p.susceptibility_weeks);
            double shield = 1 - p.immunity * w->fail_habit[i];
            double s = w->safety[i], e = w->efficacy[i], a = w->aim[i], k = w->capability[i];

            w->safety[i] =
                clip(s + z * (p.safety_gain_heard * heard + p.safety_gain_learned * learned) * (1 - s) -
                     z * (p.safety_loss_ignored * ignored + p.safety_loss_punished * punished) * s * shield +
                     p.social_influence * (w->neighbours_safety[i] - s) -
                     z * p.trait_pull * (s - (w->safety_trait[i] + mood)) +
                     dialogue * (message * (1 - s) - p.backfire * (1 - message) * s));
            w->efficacy[i] =
                clip(e + z * (p.efficacy_gain_heard * heard + p.efficacy_gain_learned * learned) * (1 - e) -
                     z * (p.efficacy_loss_ignored * ignored + p.efficacy_loss_punished * punished) * e * shield -
                     z * p.trait_pull * (e - w->efficacy_trait[i]) +
                     dialogue * (message * (1 - e) - p.backfire * (1 - message) * e));
            w->aim[i] = clip(a + p.aim_rate * (0.5 + 0.5 * message - a) +
                             p.dialogue_aim * support.dialogue * message * (1 - a));
            w->capability[i] =
                clip(k + p.capability_spread * learned * critical_share * (1 - k) - p.capability_decay * k);

            double voice = w->voice_habit[i], team = w->team_habit[i];
            double fail = w->fail_habit[i], learn = w->learn_habit[i];
            switch (outcome) {
            case SILENT:
                voice -= p.habit_erosion * voice;
                break;
            case IGNORED:
                voice -= p.habit_erosion * p.partial * voice;
                team -= p.habit_erosion * team;
                break;
            case PUNISHED:
                voice -= p.habit_erosion * voice;
                team -= p.habit_erosion * team;
                break;
            case HEARD:
                voice += p.habit_formation * (1 - voice);
                team += p.habit_formation * (1 - team);
                learn -= p.habit_erosion * learn;
                break;
            case LEARNED:
                voice += p.habit_formation * (1 - voice);
                team += p.habit_formation * (1 - team);
                learn += p.habit_formation * (1 - learn);
                break;
            }
            fail += p.habit_formation * (heard + learned) * (1 - fail) -
                    p.habit_erosion * (ignored + punished) * fail;
            w->voice_habit[i] = clip(voice - disuse * (voice - p.initial_habit));
            w->team_habit[i] = clip(team - disuse * (team - p.initial_habit));
            w->fail_habit[i] = clip(fail - disuse * (fail - p.initial_habit));
            w->learn_habit[i] = clip(learn - disuse * (learn - p.initial_habit));
        }
    }
}

/* What coaching, and the pull of the system, do to the control of any leader. */
static double coached_and_pulled(struct Parameters p, double control, double embedding, double pressure,
                                 double support)
{
    return -p.coach * (1 - p.stretch * pressure) * support * control +
           p.pull_to_control * pressure * (1 - embedding) * (p.control_norm - control);
}

/* 6. Learning is kept and forgotten; problems come in and are cleared, faster under tight control. It runs
 * before the leaders change, because it uses their control at the start of the week. */
static void change_services(struct World *w)
{
    struct Parameters p = w->parameters;
    for (int v = 0; v < w->n_services; v++) {
        double control = 0.0;
        int learned = 0;
        for (int t = v * w->n_teams; t < (v + 1) * w->n_teams; t++) {
            control += w->leader_control[t] / w->n_teams;
            learned += w->team_count[t][LEARNED];
        }
        double expected = p.opportunity_rate * w->n_teams * w->team_size;
        w->learned_share[v] = expected > 0 ? learned / expected : 0.0;
        w->backlog[v] = clip(w->backlog[v] + p.problem_inflow * (1 - p.learning_relief * w->learning[v]) -
                             p.clearing_rate * (1 + p.control_boost * control) * w->backlog[v]);
        w->learning[v] = clip(w->learning[v] + (w->learned_share[v] - w->learning[v]) / p.learning_memory_weeks);
    }
}

/* 5. Leaders: control, embedding, and the shared purpose of pairs. */
static void change_leaders(struct World *w, struct Support support)
{
    struct Parameters p = w->parameters;
    double expected = p.opportunity_rate * w->team_size;
    for (int t = 0; t < w->n_all_teams; t++) {
        int v = t / w->n_teams;
        double c = w->leader_control[t], u = w->leader_embedding[t];
        double learned_share = expected > 0 ? w->team_count[t][LEARNED] / expected : 0.0;
        double new_c = clip(c + coached_and_pulled(p, c, u, w->pressure[v], support.coach_team_leaders) -
                            p.peer_coach * w->critical_share[t] * c +
                            p.imitation * ((1 - w->message[v]) - c) - p.evidence * learned_share * c);
        w->leader_control[t] = new_c;
        w->leader_embedding[t] = clip(u + p.embedding * ((1 - new_c) - u));
    }

    for (int v = 0; v < w->n_services; v++) {
        double *control = w->senior_control + v * TRIO, *embedding = w->senior_embedding + v * TRIO;
        const int *vacancy = w->vacancy_weeks_left + v * TRIO;
        double mean_control = 0.0;
        for (int j = 0; j < TRIO; j++)
            mean_control += control[j] / TRIO;
        for (int q = 0; q < N_PAIRS; q++) {
            int a = PAIR[q][0], b = PAIR[q][1];
            double *purpose = &w->purpose[v * N_PAIRS + q], gain = 0.0;
            if (!vacancy[a] && !vacancy[b])
                gain = p.purpose_gain * fmax(support.coach_seniors, (1 - control[a]) * (1 - control[b]));
            *purpose = clip(*purpose + gain * (1 - *purpose) - p.purpose_loss * w->pressure[v] * *purpose);
        }
        for (int j = 0; j < TRIO; j++) {
            double c = control[j], u = embedding[j];
            control[j] = clip(c + coached_and_pulled(p, c, u, w->pressure[v], support.coach_seniors) +
                              p.imitation * w->shared_purpose[v] * (mean_control - c) -
                              p.evidence * w->learned_share[v] * c);
            embedding[j] = clip(u + p.embedding * ((1 - control[j]) - u));
        }
    }
}

/* 7. Some of the staff, drawn at random, become facilitators. */
static void train_facilitators(struct World *w, struct Support support)
{
    if (support.training_share <= 0)
        return;
    for (int i = 0; i < w->n_staff; i++)
        if (w->training_draw[i] < support.training_share)
            w->capability[i] = 1.0;
}

/* 8a. Staff leave, the sooner the less safe they feel; newcomers take their seats at once. */
static void replace_staff(struct World *w)
{
    struct Parameters p = w->parameters;
    double leave_rate = p.staff_turnover_per_year / WEEKS_PER_YEAR;
    for (int i = 0; i < w->n_staff; i++) {
        if (w->leaving_draw[i] >= leave_rate * exp(p.safety_retention * (p.safety_trait - w->safety[i]))) {
            w->tenure_weeks[i]++;
            continue;
        }
        double u[4], z[2];
        draw(u, w, NEWCOMER, i);
        normal_pair(z, u[0], u[1]);
        w->safety_trait[i] = clip(p.safety_trait + p.safety_trait_sd * z[0]);
        w->efficacy_trait[i] = clip(p.efficacy_trait + p.efficacy_trait_sd * z[1]);
        w->safety[i] = clip(w->safety_trait[i] + p.newcomer_optimism);
        w->efficacy[i] = clip(w->efficacy_trait[i] + p.newcomer_optimism);
        w->aim[i] = p.initial_aim;
        w->voice_habit[i] = w->team_habit[i] = w->fail_habit[i] = w->learn_habit[i] = p.initial_habit;
        w->capability[i] = 0.0;
        w->tenure_weeks[i] = 0;
    }
}

/* 8b. Successors of leaders come from inside or from outside. */
static void replace_leaders(struct World *w, struct Support support)
{
    struct Parameters p = w->parameters;
    double u[4];
    for (int t = 0; t < w->n_all_teams; t++) {
        draw(u, w, TEAM_LEADER_LEAVES, t);
        if (u[0] >= p.team_leader_turnover_per_year / WEEKS_PER_YEAR)
            continue;
        if (u[1] < p.internal_succession) {
            int successor = t * w->team_size + (int)(u[2] * w->team_size);
            w->leader_control[t] = clip(p.control_of_newcomers * (1 - w->fail_habit[successor]));
            w->leader_embedding[t] = w->fail_habit[successor] / 2;
        } else {
            draw(u, w, TEAM_SUCCESSOR, t);
            w->leader_control[t] = clip(p.control_of_newcomers + p.control_of_newcomers_sd * normal(u[0], u[1]));
            w->leader_embedding[t] = 0.0;
        }
    }

    for (int j = 0; j < w->n_seniors; j++) {
        int v = j / TRIO, seat = j % TRIO;
        if (w->vacancy_weeks_left[j] > 0)
            w->vacancy_weeks_left[j]--;
        draw(u, w, SENIOR_LEAVES, j);
        if (u[0] >= p.senior_turnover_per_year / WEEKS_PER_YEAR && seat >= support.n_seniors_leaving)
            continue;
        if (u[1] < p.internal_succession) {
            int successor = v * w->n_teams + (int)(u[2] * w->n_teams);
            w->senior_control[j] = w->leader_control[successor];
            w->senior_embedding[j] = w->leader_embedding[successor] / 2;
        } else {
            draw(u, w, SENIOR_SUCCESSOR, j);
            w->senior_control[j] = clip(p.control_of_newcomers + p.control_of_newcomers_sd * normal(u[0], u[1]));
            w->senior_embedding[j] = 0.0;
        }
        w->vacancy_weeks_left[j] = p.vacancy_weeks;
        for (int q = 0; q < N_PAIRS; q++)
            if (PAIR[q][0] == seat || PAIR[q][1] == seat)
                w->purpose[v * N_PAIRS + q] = p.initial_purpose;
    }
}

static void one_week(struct World *w, struct Support support)
{
    change_environment(w);
    hear_trio(w);
    take_stock_of_teams(w);
    meet_opportunities(w);
    change_staff(w, support);
    change_services(w);
    change_leaders(w, support);
    train_facilitators(w, support);
    replace_staff(w);
    replace_leaders(w, support);
    w->week++;
}

/* ---------------------------------------------------------------- running */

static double safe_share(const struct World *w)
{
    int n_safe = 0;
    for (int i = 0; i < w->n_staff; i++)
        n_safe += w->safety[i] > AGREEMENT;
    return (double)n_safe / w->n_staff;
}

/* What the chosen programme does in a week. */
static struct Support support_in(const char *programme, int week)
{
    struct Support support = {0};
    if (strcmp(programme, "baseline") == 0)
        return support;
    if (week >= 0 && week < 52) {
        support.coach_seniors = 1.0;
        support.coach_team_leaders = 0.5;
        support.dialogue = 1.0;
    }
    if (strcmp(programme, "capacity") == 0) {
        support.n_seniors_leaving = week == 58 ? 2 : 0;
        support.training_share = week < 8 ? 0.0 : week < 112 ? 0.003 : 0.0008;
    }
    return support;
}

int main(int argc, char **argv)
{
    const char *programme = argc > 6 ? argv[6] : "baseline";
    int is_known = !strcmp(programme, "baseline") || !strcmp(programme, "programme") ||
                   !strcmp(programme, "capacity");
    if (argc < 6 || argc > 7 || !is_known || atoi(argv[1]) < 1 || atoi(argv[2]) < 1 || atoi(argv[3]) < 1 ||
        atoi(argv[4]) < 1) {
        fprintf(stderr, "usage: %s n_services n_teams team_size n_weeks seed [baseline | programme | capacity]\n",
                argv[0]);
        return 2;
    }
    int n_weeks = atoi(argv[4]);
    struct World world = {0};
    build_world(&world, atoi(argv[1]), atoi(argv[2]), atoi(argv[3]), strtoull(argv[5], NULL, 10));
    while (world.week < 0)
        one_week(&world, (struct Support){0});

    double sum_of_shares = 0.0;
    clock_t started = clock();
    for (int week = 0; week < n_weeks; week++) {
        one_week(&world, support_in(programme, week));
        sum_of_shares += safe_share(&world);
    }
    double seconds = (double)(clock() - started) / CLOCKS_PER_SEC;

    printf("%.3f %.6f\n", seconds * 1e9 / ((double)world.n_staff * n_weeks), sum_of_shares / n_weeks);
    return 0;
}
