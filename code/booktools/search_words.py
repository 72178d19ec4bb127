"""What the search knows beyond the text: words that mean the same, and what each chapter is about.

Of a group of synonyms any finds all. The first one is that of the book; it is what the others are taken for, in pages
and in queries. Subjects are those under which a reader looks, in both languages; the terms that the glossary says a
chapter explains are added to them (``search.py``).
"""

from collections.abc import Mapping
from types import MappingProxyType

NAMES = (
    (
        "relu",
        "렐루",
        "rectified linear unit",
        "rectifier",
        "정류 선형 유닛",
        "정류 선형 함수",
        "ramp function",
        "램프 함수",
    ),
    ("leaky relu", "leakyrelu", "lrelu"),
    ("leaky", "리키", "누설"),
    ("prelu", "parametric relu", "파라메트릭 렐루", "프렐루", "매개변수 렐루"),
    ("silu", "swish", "스위시", "실루", "sigmoid linear unit"),
    ("gelu", "겔루", "젤루", "gaussian error linear unit"),
    ("elu", "엘루", "exponential linear unit", "지수 선형 유닛"),
    ("selu", "셀루", "scaled exponential linear unit"),
    ("celu", "continuously differentiable elu"),
    ("mish", "미시", "미쉬"),
    ("softplus", "소프트플러스", "soft plus"),
    ("sigmoid", "시그모이드", "logistic function", "logistic sigmoid"),
    ("tanh", "hyperbolic tangent", "하이퍼볼릭 탄젠트", "쌍곡 탄젠트", "쌍곡탄젠트", "탄젠트"),
    ("softmax", "소프트맥스", "soft max"),
    ("he", "kaiming", "카이밍"),
    ("glorot", "xavier", "자비에르", "자비에", "세이비어", "글로럿", "글로로트"),
    ("lecun", "르쿤"),
    ("keras", "케라스", "tensorflow", "텐서플로", "텐서플로우"),
    ("pytorch", "파이토치", "torch", "토치"),
    ("clamp", "클램프"),
    ("numpy", "넘파이"),
    ("adam", "아담"),
    ("momentum", "모멘텀", "관성"),
    ("xor", "exclusive or", "배타적 논리합"),
    ("mnist", "엠니스트"),
    ("swiglu", "스위글루"),
    ("colab", "코랩"),
    ("autograd", "automatic differentiation", "autodiff", "자동 미분"),
)
ENGLISH = (
    ("dead", "dying", "dies", "die", "died", "death"),
    ("vanishing", "vanish", "vanishes", "vanished"),
    ("exploding", "explode", "explodes", "exploded", "explosion"),
    ("batch norm", "batchnorm", "batch normalization", "batch normalisation", "batchnormalization", "bn"),
    ("layer norm", "layernorm", "layer normalization", "layer normalisation"),
    ("initialisation", "initialization", "initializer", "initialiser", "weight init", "init"),
    ("optimiser", "optimizer"),
    ("unit", "neuron", "neurons"),
    ("shortcut", "skip connection", "skip connections", "residual connection", "residual connections"),
    ("backpropagation", "backprop", "back propagation", "backward pass"),
    ("derivative", "differentiate", "differentiation"),
    ("learning rate", "step size"),
    ("sparsity", "sparse", "sparseness"),
    ("nonlinearity", "non-linearity", "nonlinear", "non-linear"),
    ("negative slope", "negative_slope", "slope parameter"),
    ("cheap", "cheaper", "fast", "faster", "expensive", "speed"),
    ("quantization", "quantisation", "few bits", "low precision", "int8"),
    ("unbounded", "unlimited"),
    ("choosing", "choose", "which activation", "best activation"),
    ("advantage", "advantages", "pro", "pros", "benefit", "benefits", "strengths"),
    (
        "drawback",
        "drawbacks",
        "disadvantage",
        "disadvantages",
        "con",
        "cons",
        "limitation",
        "limitations",
        "weaknesses",
    ),
)
KOREAN = (
    ("죽은", "죽는", "dead", "dying", "죽어가는", "죽음", "죽다"),
    ("기울기 소실", "vanishing gradient", "그래디언트 소실", "경사 소실"),
    ("기울기 폭주", "exploding gradient", "그래디언트 폭주", "기울기 폭발", "그래디언트 폭발"),
    ("기울기", "그래디언트", "gradient", "경사도"),
    ("배치 정규화", "batch normalization", "batch norm", "batchnorm", "배치 노멀라이제이션", "배치놈"),
    ("층 정규화", "layer normalization", "layer norm", "layernorm", "레이어 정규화"),
    ("초기화", "initialization", "initialisation", "초깃값", "초기값"),
    ("활성화 함수", "activation function", "활성 함수"),
    ("희소", "sparse", "sparsity", "스파스"),
    ("학습률", "learning rate", "러닝레이트", "학습율"),
    ("에폭", "epoch", "에포크"),
    ("유닛", "뉴런", "unit", "neuron"),
    ("스킵 연결", "skip connection", "잔차 연결"),
    ("매개변수", "parameter", "파라미터"),
    ("하이퍼파라미터", "hyperparameter", "초매개변수"),
    ("옵티마이저", "optimizer", "최적화 기법", "최적화기"),
    ("역전파", "backpropagation", "backprop", "오차 역전파"),
    ("순전파", "forward pass", "정방향"),
    ("비선형", "nonlinearity", "nonlinear"),
    ("도함수", "derivative", "미분"),
    ("양자화", "quantization", "비트 수", "저정밀도"),
    ("가소성", "plasticity"),
    ("중첩", "superposition"),
    ("게이트", "gate", "gated", "게이트드"),
    ("장점", "이점"),
    ("단점", "한계", "문제점"),
    ("수식", "공식"),
    ("기울기 검사", "수치 미분"),
)

SYNONYMS: Mapping[str, tuple[tuple[str, ...], ...]] = MappingProxyType(
    {"en": (*NAMES, *ENGLISH), "ko": (*NAMES, *KOREAN)}
)

SUBJECTS: Mapping[str, str] = MappingProxyType(
    {
        "01-definition": "ReLU, definition, formula, graph, derivative, max(0, x), subgradient; 정의, 수식, 도함수",
        "02-numpy": "NumPy, implementation, vectorise, np.where, np.maximum, gradient check; 구현, 배열, 기울기 검사",
        "03-nonlinearity": "nonlinearity, universal approximation, linear pieces, hinge, depth, spirals, activation"
        " function; 활성화 함수, 비선형성, 보편 근사, 조각별 선형, 힌지",
        "04-network-in-numpy": "neural network, backpropagation, training, confidence interval, XOR; 신경망, 역전파,"
        " 학습, 순전파, 신뢰 구간",
        "05-cost": "cost, speed, cheap, time, memory, performance; 계산 비용, 속도, 계산 효율",
        "06-gradient-flow": "vanishing gradient, exploding gradient, initialisation, weight initialisation, He"
        " initialisation, Glorot initialisation, deep network;"
        " 기울기 소실, 기울기 폭발, 가중치 초기화, He 초기화, Glorot 초기화",
        "07-sparsity": "sparsity, zeros; 희소성, 희소 활성화",
        "08-leaky-and-prelu": "leaky ReLU, PReLU, negative slope; 음수 기울기",
        "09-elu-and-selu": "ELU, SELU, self-normalizing; 자기 정규화",
        "10-smooth-relatives": "GELU, SiLU, Swish, Mish, softplus, smooth; 매끄러운 함수",
        "11-keras": "Keras, TensorFlow, layers",
        "12-pytorch": "PyTorch, nn.ReLU, torch.nn.ReLU, inplace, autograd, softmax",
        "13-framework-differences": "gradient at zero, subgradient, clamp, NaN, defaults; 0에서의 기울기,"
        " 프레임워크 차이",
        "14-dying-relu": "dying ReLU, dead unit, dead neuron, learning rate too large; 죽은 ReLU, 죽은 유닛,"
        " 죽은 뉴런",
        "15-lost-negatives": "negative inputs, lost information, bottleneck, absolute value; 음수 정보 손실,"
        " 음수값 정보손실, 병목, 절댓값",
        "16-unbounded-outputs": "unbounded outputs, exploding activations, ReLU6, quantization, batch normalisation;"
        " 발산, 큰 출력, 출력의 크기, 양자화, 배치 정규화",
        "17-lost-plasticity": "plasticity, continual learning, change of task, dormant unit, CReLU;"
        " 가소성, 연속 학습, 휴면 유닛",
        "18-gated-units": "gated unit, gate, GLU, SwiGLU, GEGLU, ReGLU, bilinear, squared ReLU, language model; 게이트",
        "19-sparse-language-models": "sparse language model, ReLU swap, zeros, Deja Vu; 희소 언어 모델, 언어 모델",
        "20-superposition": "superposition, sparse autoencoder, features, TopK, JumpReLU; 중첩, 희소 오토인코더, 특징",
        "21-choosing": "which activation, best activation function, comparison, choosing, decision; 선택, 비교,"
        " 어떤 활성화 함수",
        "advantages-and-drawbacks": "advantages, drawbacks; 장단점, 장점, 단점",
        "try-it": "explorer, graph; 그래프, 탐색",
    }
)
